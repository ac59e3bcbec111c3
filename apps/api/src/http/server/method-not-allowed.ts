import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { METHODS } from 'node:http';
import { acceptPatch } from '../media-types.js';
import { ProblemError } from '../problems/problem-error.js';

/** Records the methods of each path while routes are added, and answers the other methods with 405. */
export class OtherMethods {
  private readonly byPath = new Map<string, AllowedMethods>();
  private complete = false;

  constructor(private readonly server: FastifyInstance) {
    server.addHook('onRoute', ({ url, method }) => {
      if (this.complete) return;
      const allowed = this.byPath.get(url) ?? new AllowedMethods();
      allowed.add([method].flat());
      this.byPath.set(url, allowed);
    });
  }

  /** Adds a route for each missing method. Call it once, after the last route. */
  answerAll(): void {
    this.complete = true;
    const known = METHODS.filter((method) => method !== 'CONNECT');
    for (const method of known) {
      if (!this.server.supportedMethods.includes(method)) this.server.addHttpMethod(method);
    }
    for (const [url, allowed] of this.byPath) if (!url.includes('*')) this.answerAt(url, allowed, known);
  }

  /** Answers `OPTIONS *` (RFC 9110 §9.3.7), which is no path of a route, before the handler of unknown paths. */
  beforeNotFound(handler: Function) {
    const all = new AllowedMethods();
    for (const allowed of this.byPath.values()) all.add(allowed.values);
    return (request: FastifyRequest, reply: FastifyReply): unknown =>
      request.method === 'OPTIONS' && request.raw.url === '*'
        ? reply.status(204).headers(all.headers).send()
        : Reflect.apply(handler, undefined, [request, reply]);
  }

  private answerAt(url: string, allowed: AllowedMethods, known: readonly string[]): void {
    const others = known.filter((method) => !allowed.has(method));
    if (!this.server.hasRoute({ url, method: 'OPTIONS' })) {
      this.answer('OPTIONS', url, (reply) => reply.status(204).headers(allowed.headers).send());
    }
    this.answer(others, url, (reply, method) => reply.send(allowed.refusal(method)));
  }

  /** Answers before the body is read, because the body of a refused request is irrelevant. */
  private answer(
    method: string | string[],
    url: string,
    answer: (reply: FastifyReply, method: string) => unknown,
  ): void {
    this.server.route({
      method,
      url,
      exposeHeadRoute: false,
      onRequest: (request, reply) => void (isWhole(request) ? answer(reply, request.method) : reply.callNotFound()),
      handler: () => undefined,
    });
  }
}

/** Whether each parameter has a value. The router matches `/users/` with `/users/:id`, Nest does not. */
function isWhole({ params }: FastifyRequest): boolean {
  return typeof params === 'object' && params !== null && !Object.values(params).includes('');
}

/** The methods of one path, with OPTIONS. Nest answers 404 to OPTIONS and to other methods. */
class AllowedMethods {
  private readonly methods = new Set(['OPTIONS']);

  add(methods: Iterable<string>): void {
    for (const method of methods) this.methods.add(method);
  }

  get values(): Iterable<string> {
    return this.methods;
  }

  has(method: string): boolean {
    return this.methods.has(method);
  }

  /** Headers of the answer to OPTIONS: `Allow`, and `Accept-Patch` (RFC 5789 §3.1) if the path has PATCH. */
  get headers(): Readonly<Record<string, string>> {
    return { allow: this.allow, ...(this.has('PATCH') && acceptPatch) };
  }

  /** Returns a 405 with `Allow` (RFC 9110 §15.5.6). */
  refusal(method: string): ProblemError {
    const detail = `${method} is not allowed here. Use one of ${this.allow}.`;
    return new ProblemError('method-not-allowed', detail, { headers: { allow: this.allow } });
  }

  private get allow(): string {
    return [...this.methods].toSorted().join(', ');
  }
}
