import { StreamableFile } from '@nestjs/common';

/** The parts that the responses of Fastify and Express have in common. */
export interface HttpResponse {
  statusCode: number;
  getHeaders(): Readonly<Record<string, unknown>>;
  header(name: string, value: unknown): unknown;
  removeHeader(name: string): unknown;
  /** Node's response, on Fastify. It has headers of its own. */
  readonly raw?: { removeHeader(name: string): unknown };
}

/**
 * Captures the status and headers of a response before its handler runs. A hit would lack changes that the handler makes to them, and
 * a change may be private to the requester, like a cookie (RFC 9111 §7.3). An answer with such a change is sent and not stored.
 *
 * `@Header` and `@HttpCode` are applied before interceptors run, also for a hit, so they do not count as changes.
 */
export class ResponseSnapshot {
  readonly #status: number;
  readonly #headers: Readonly<Record<string, unknown>>;

  constructor(private readonly response: HttpResponse) {
    this.#status = response.statusCode;
    this.#headers = response.getHeaders();
  }

  /** Returns why the handler's answer must not be stored; `undefined` if it may be stored. */
  reasonNotToStore(value: unknown): string | undefined {
    if (isStream(value)) return 'the answer is a stream or bytes, not JSON';
    const { statusCode } = this.response;
    if (statusCode !== this.#status) return `the handler answered with the status ${statusCode}`;
    const headers = this.response.getHeaders();
    // A cookie set before the handler counts too: the answer may depend on its value (RFC 9111 §7.3).
    if (headers['set-cookie'] !== undefined) return 'the response sets a cookie';
    const [changed] = this.#changed(headers);
    return changed && `the handler set the header ${changed}, which its route does not declare`;
  }

  /** Reverts the handler's changes. Call it before sending an answer that is not the handler's. */
  restore(): void {
    this.response.statusCode = this.#status;
    for (const name of this.#changed(this.response.getHeaders())) {
      this.response.removeHeader(name);
      this.response.raw?.removeHeader(name);
      const before = this.#headers[name];
      if (before !== undefined) this.response.header(name, before);
    }
  }

  /** Returns the names of the headers that were added, changed or removed. */
  #changed(headers: Readonly<Record<string, unknown>>): string[] {
    const names = new Set([...Object.keys(this.#headers), ...Object.keys(headers)]);
    return [...names].filter((name) => !isSameValue(headers[name], this.#headers[name]));
  }
}

/** Returns whether servers send the value as a stream or as bytes. Servers detect streams by their methods, not by their class. */
function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (
    [StreamableFile, Response, Blob, ArrayBuffer].some((kind) => value instanceof kind) ||
    ArrayBuffer.isView(value) ||
    Symbol.asyncIterator in value ||
    ('pipe' in value && typeof value.pipe === 'function')
  );
}

/** Compares two header values. Each is a string, a number, or a list of strings. */
const isSameValue = (a: unknown, b: unknown): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && String(a) === String(b));
