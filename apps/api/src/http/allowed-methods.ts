import type { FastifyInstance } from 'fastify';
import { METHODS } from 'node:http';
import { ProblemError } from './problem-error.js';

/**
 * Learns which methods each path has, while routes are added, so that the others can be answered:
 * Nest alone says 404 to OPTIONS and to a wrong method, where RFC 9110 §15.5.6 wants a 405 with `Allow`.
 */
export class AllowedMethods {
  private readonly byPath = new Map<string, Set<string>>();

  constructor(private readonly server: FastifyInstance) {
    server.addHook('onRoute', ({ url, method }) => {
      const methods = this.byPath.get(url) ?? new Set();
      for (const each of [method].flat()) methods.add(each);
      this.byPath.set(url, methods);
    });
  }

  /** To be called once, when all routes are there. The router then knows every method of every path. */
  answerOthers(): void {
    const known = METHODS.filter((method) => method !== 'CONNECT');
    for (const method of known) {
      if (!this.server.supportedMethods.includes(method)) this.server.addHttpMethod(method);
    }
    for (const [url, own] of this.byPath) {
      // A copy: the routes added here are announced to the hook above too.
      if (!url.includes('*')) this.answerOthersAt(url, new Set(own), known);
    }
  }

  private answerOthersAt(url: string, own: ReadonlySet<string>, known: readonly string[]): void {
    const methods = new Set([...own, 'OPTIONS']);
    const allow = [...methods].toSorted().join(', ');
    if (!own.has('OPTIONS')) {
      const answer = { method: 'OPTIONS', url, exposeHeadRoute: false };
      this.server.route({ ...answer, handler: (_request, reply) => reply.status(204).header('allow', allow).send() });
    }
    this.server.route({
      method: known.filter((method) => !methods.has(method)),
      url,
      exposeHeadRoute: false,
      // Before the body is read: it does not matter what a request that we refuse carries.
      onRequest: (request, _reply, done) => {
        const detail = `${request.method} is not one of the methods here: ${allow}.`;
        done(new ProblemError('method-not-allowed', detail, { headers: { allow } }));
      },
      handler: () => undefined,
    });
  }
}
