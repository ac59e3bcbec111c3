import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem-error.js';

/**
 * Bodies are JSON and nothing else; a merge patch (RFC 7396) goes to PATCH only. Whatever else is sent is a 415.
 * No body at all reaches the handler as `undefined`, for its schema to judge.
 */
export function readJsonBodies(server: FastifyInstance): void {
  // "error" refuses "__proto__" and "constructor.prototype" (prototype poisoning).
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (request.mediaType === 'application/merge-patch+json' && request.method !== 'PATCH') {
        done(new ProblemError('unsupported-media-type', `A merge patch goes to PATCH, not to ${request.method}.`));
      } else if (body.length === 0) {
        done(null, undefined);
      } else {
        const text = decodeUtf8(body);
        if (text === undefined) done(new ProblemError('malformed-json', 'The body is not UTF-8.'));
        else void parse(request, text, done);
      }
    },
  );
}

/** Without `fatal` broken bytes would become U+FFFD in silence, and be stored. JSON is UTF-8 (RFC 8259 §8.1). */
function decodeUtf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
