import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { parse } from 'secure-json-parse';
import { mediaTypes, mergePatch } from '../media-types.js';
import { ProblemError } from '../problems/problem-error.js';
import { problems } from '../problems/problem-types.js';
import { isTooComplex, mostLevels, mostValues } from './body-limits.js';

interface Sent {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** Parses JSON only. */
export function readJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>([...mediaTypes], { parseAs: 'buffer' }, (request, body, done) => {
    const refused = refusedBody(request);
    if (refused) done(refused);
    else done(null, parseJson(body));
  });
  server.addContentTypeParser('*', readOtherBody);
}

/** Returns a problem if the media type or the coding of the body is not supported. */
function refusedBody({ method, headers }: Sent): ProblemError | undefined {
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const [type, coding = 'identity'] = [mediaType.trim(), headers['content-encoding']?.toLowerCase()];
  if (!mediaTypes.includes(type)) return refusal(problems['unsupported-media-type'].meaning);
  if (type === mergePatch && method !== 'PATCH') return refusal(`A merge patch goes to PATCH, not to ${method}.`);
  if (parameters.some(namesOtherCharset)) return refusal('JSON is UTF-8 (RFC 8259 §8.1).');
  // RFC 9110 §12.5.3: Accept-Encoding in an answer lists the codings that requests may use.
  if (coding !== 'identity')
    return refusal('Send the body without Content-Encoding.', { 'accept-encoding': 'identity' });
  return undefined;
}

/**
 * Reads a body without a supported media type. A body without bytes needs no type: a client may send it in chunks, also with a DELETE.
 *
 * @throws {ProblemError} `unsupported-media-type`, unless the body is empty or the path unknown.
 */
async function readOtherBody({ is404, headers }: Sent & { readonly is404: boolean }, body: Readable): Promise<void> {
  if (is404 || (headers['content-type'] === undefined && (await isEmpty(body)))) return;
  throw refusal(problems['unsupported-media-type'].meaning);
}

async function isEmpty(body: Readable): Promise<boolean> {
  // The client may disconnect within the body.
  const first = await body
    .iterator({ destroyOnReturn: false })
    .next()
    .catch(() => undefined);
  return first?.done === true;
}

function namesOtherCharset(parameter: string): boolean {
  const [name, value = ''] = parameter.trim().split('=', 2);
  return name === 'charset' && value.replaceAll('"', '') !== 'utf-8';
}

function refusal(detail: string, headers: Readonly<Record<string, string>> = {}): ProblemError {
  return new ProblemError('unsupported-media-type', detail, { headers });
}

/**
 * Parses a JSON document. Returns `undefined` for an empty body, which the schema of the handler accepts or refuses.
 *
 * @throws {ProblemError} `payload-too-large` for too many values or levels; `malformed-json`, also for "__proto__" and
 * "constructor.prototype" (prototype poisoning).
 */
function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (isTooComplex(bytes)) throw new ProblemError('payload-too-large', tooComplex);
  const text = decodeUtf8(bytes);
  try {
    return parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    throw new ProblemError(
      'malformed-json',
      'The body is not one JSON document, or has a key "__proto__" or "constructor".',
      { cause },
    );
  }
}

const tooComplex = `A body has at most ${mostValues} objects, lists, members and items, on at most ${mostLevels} levels.`;

/** Decodes UTF-8 (RFC 8259 §8.1). Without `fatal`, invalid bytes would be stored as U+FFFD. */
function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ProblemError('malformed-json', 'The body is not UTF-8.', { cause });
  }
}
