import { StreamableFile } from '@nestjs/common';

/** What Fastify's and Express's responses have in common. */
export interface HttpResponse {
  statusCode: number;
  getHeaders(): Readonly<Record<string, unknown>>;
  header(name: string, value: unknown): unknown;
  removeHeader(name: string): unknown;
  /** Node's own response, on Fastify: it has headers besides. */
  readonly raw?: { removeHeader(name: string): unknown };
}

/**
 * Status and headers of a response before its handler runs. What the handler adds would be missing where its answer is replayed,
 * and may be for its caller only, like a cookie (RFC 9111 §7.3): then the answer is sent, and nobody else gets it.
 *
 * Declared headers (`@Header`, `@HttpCode`) are set before interceptors run, on a hit too.
 */
export class ResponseSnapshot {
  readonly #status: number;
  readonly #headers: Readonly<Record<string, unknown>>;

  constructor(private readonly response: HttpResponse) {
    this.#status = response.statusCode;
    this.#headers = response.getHeaders();
  }

  /** Why what the handler answered is for its caller only; `undefined` where it is not. */
  refusalOf(value: unknown): string | undefined {
    if (isStream(value)) return 'the answer is a stream or bytes, which are no JSON';
    const { statusCode } = this.response;
    if (statusCode !== this.#status) return `the handler answered with the status ${statusCode}`;
    // Whoever set it: what was answered may go by what it says (RFC 9111 §7.3).
    if (this.response.getHeaders()['set-cookie'] !== undefined) return 'the response sets a cookie';
    const [changed] = this.#changed();
    return changed && `the handler set the header ${changed}, which its route does not declare`;
  }

  /** Takes back what the handler did, where something else is answered than what it would have. */
  restore(): void {
    this.response.statusCode = this.#status;
    for (const name of this.#changed()) {
      this.response.removeHeader(name);
      this.response.raw?.removeHeader(name);
      const before = this.#headers[name];
      if (before !== undefined) this.response.header(name, before);
    }
  }

  /** The headers that are other than before, or gone. */
  #changed(): string[] {
    const headers = this.response.getHeaders();
    const names = new Set([...Object.keys(this.#headers), ...Object.keys(headers)]);
    return [...names].filter((name) => !same(headers[name], this.#headers[name]));
  }
}

/** Of whatever make: servers take for a stream what can be piped, or read bit by bit. */
function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (
    [StreamableFile, Response, Blob, ArrayBuffer].some((kind) => value instanceof kind) ||
    ArrayBuffer.isView(value) ||
    Symbol.asyncIterator in value ||
    ('pipe' in value && typeof value.pipe === 'function')
  );
}

/** A field is a text, a number, or a list of texts. */
function same(a: unknown, b: unknown): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && String(a) === String(b));
}
