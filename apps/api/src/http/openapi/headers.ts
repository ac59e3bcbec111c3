import type { Header, Reference } from './specification.js';

const text = (pattern?: string) => ({ type: 'string', ...(pattern !== undefined && { pattern }) });

/** Every header that an answer of this API may carry, beside those of HTTP itself (Date, Content-Length …). */
export const headers = {
  'X-Request-Id': {
    description:
      "Names the request in our logs: the caller's own X-Request-Id where it is safe to repeat, else a new one.",
    required: true,
    schema: text('^[A-Za-z0-9._-]{8,128}$'),
  },
  'Cache-Control': {
    description: 'Who may keep the answer, and how long (RFC 9111 §5.2).',
    schema: text(),
  },
  'Cache-Status': {
    description: 'How the cache answered (RFC 9211).',
    schema: { ...text('^nuthatch; (hit|fwd=)'), examples: ['nuthatch; hit; ttl=24; detail=l1'] },
  },
  'X-Cache': {
    description: 'The same in one word.',
    schema: { type: 'string', enum: ['HIT', 'MISS', 'STALE', 'BYPASS'] },
  },
  ETag: {
    description: 'Names this version of the answer (RFC 9110 §8.8.3).',
    schema: { ...text('^(W/)?"[^"]*"$'), examples: ['"3-1"'] },
  },
  'Last-Modified': { description: 'When it was last changed (RFC 9110 §8.8.2).', schema: text() },
  Age: { description: 'How many seconds ago it was loaded (RFC 9111 §5.1).', schema: text(String.raw`^\d+$`) },
  'Cache-Groups': {
    description: 'The groups that it belongs to: a write names those that it made stale (RFC 9875).',
    schema: { ...text(), examples: ['"users"'] },
  },
  'Cache-Group-Invalidation': {
    description: 'The groups of answers that this write made stale (RFC 9875).',
    schema: { ...text(), examples: ['"users"'] },
  },
  Location: { description: 'Where the new resource is (RFC 9110 §10.2.2).', required: true, schema: text('^/') },
  Link: {
    description: 'The next page and the first one, as rel="next" and rel="first" (RFC 8288).',
    schema: { ...text(), examples: ['</users?limit=20>; rel="first"'] },
  },
  Allow: {
    description: 'The methods of this path (RFC 9110 §10.2.1).',
    required: true,
    schema: { ...text('^[A-Z]+(, [A-Z]+)*$'), examples: ['GET, HEAD, OPTIONS'] },
  },
  'Accept-Patch': { description: 'The media types of the body of a PATCH (RFC 5789 §3.1).', schema: text() },
  'Retry-After': {
    description: 'In how many seconds to try again (RFC 9110 §10.2.3).',
    schema: text(String.raw`^\d+$`),
  },
  Vary: { description: 'The request headers that choose between the answers (RFC 9110 §12.5.5).', schema: text() },
  'Content-Security-Policy': {
    description: 'What the page may load and run: nothing but its own style.',
    schema: text(),
  },
} as const satisfies Readonly<Record<string, Header>>;

export type HeaderName = keyof typeof headers;

/** As they are spelled here, whatever the case they are given in; what is not ours is left out. */
export function headerReferences(names: Iterable<string>): Readonly<Record<string, Reference>> {
  const given = new Set([...names].map((name) => name.toLowerCase()));
  const known = Object.keys(headers).filter((name) => given.has(name.toLowerCase()));
  return Object.fromEntries(known.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
