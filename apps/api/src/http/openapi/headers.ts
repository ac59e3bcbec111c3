import type { HeaderObject, ReferenceObject } from '@nestjs/swagger';

function header(description: string, pattern?: string, example?: string): HeaderObject {
  const schema = { type: 'string', ...(pattern !== undefined && { pattern }) };
  return { description, schema: { ...schema, ...(example !== undefined && { examples: [example] }) } };
}

const required = { required: true };
const cacheStatus = '^nuthatch; (hit|fwd=)';

/** The headers of answers, except those of HTTP itself (Date, Content-Length …). */
export const headers = {
  'X-Request-Id': { ...header('Identifies the request in the logs.', '^[A-Za-z0-9._-]{8,128}$'), ...required },
  'X-Content-Type-Options': { ...header('Forbids browsers to guess the media type.', '^nosniff$'), ...required },
  'Cache-Control': header('Who may store the answer, and for how long (RFC 9111 §5.2).'),
  'Cache-Status': header('How the cache answered (RFC 9211).', cacheStatus, 'nuthatch; hit; ttl=24; detail=l1'),
  'X-Cache': header('The same in one word.', '^(HIT|MISS|STALE|BYPASS)$', 'HIT'),
  ETag: header('Version of the answer (RFC 9110 §8.8.3).', '^(W/)?"[^"]*"$', '"3-303956fc"'),
  'Last-Modified': header('Time of the last change (RFC 9110 §8.8.2).'),
  'Cache-Groups': header('Groups of the answer. A write names the groups it invalidates (RFC 9875).', '', '"users"'),
  'Cache-Group-Invalidation': header('Groups that this write invalidated (RFC 9875).', '', '"users"'),
  'Consistency-Token': header(
    'Names this write. A read that sends it back is not older than the write.',
    String.raw`^[\w-]+$`,
  ),
  Location: { ...header('Path of the new resource (RFC 9110 §10.2.2).', '^/'), ...required },
  Link: header('Next and first page (RFC 8288).', '', '</users?limit=20>; rel="first"'),
  'Accept-Patch': header('Media types that PATCH accepts (RFC 5789 §3.1).'),
  'Retry-After': header('Seconds to wait before the next try (RFC 9110 §10.2.3).', String.raw`^\d+$`),
} as const satisfies Readonly<Record<string, HeaderObject>>;

export type HeaderName = keyof typeof headers;

export function headerReferences(names: readonly HeaderName[]): Record<string, ReferenceObject> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
