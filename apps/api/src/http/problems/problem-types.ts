/** The status of a problem type, its title, and advice for the client. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
}

/**
 * Every problem type of the API (RFC 9457). The key is the `code` member and the last part of `type`.
 * Clients depend on the codes: add codes, but never rename or reuse one.
 */
export const problems = {
  validation: {
    status: 400,
    title: 'The request is not valid',
    meaning: 'Correct the values that "errors" points at.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'Send one JSON document (RFC 8259) in UTF-8, without the keys "__proto__" and "constructor.prototype".',
  },
  'malformed-request': {
    status: 400,
    title: 'The request is malformed',
    meaning: 'Correct the request line, the headers or the encoding of the URL.',
  },
  'unknown-parameter': {
    status: 400,
    title: 'Unknown query parameter',
    meaning: 'Remove the parameters that "errors" points at.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is not valid',
    meaning: 'Send "page.nextCursor" of the previous page, or start again without a cursor.',
  },
  'too-many-ids': { status: 400, title: 'Too many ids', meaning: 'Request the other ids separately.' },
  unauthorized: { status: 401, title: 'Unauthorized', meaning: 'Send valid credentials.' },
  forbidden: { status: 403, title: 'Forbidden', meaning: 'The credentials do not permit this request.' },
  'route-not-found': {
    status: 404,
    title: 'No such route',
    meaning: 'Check the path. GET /docs lists all routes.',
  },
  'user-not-found': { status: 404, title: 'No such user', meaning: 'The user does not exist, or was deleted.' },
  'order-not-found': { status: 404, title: 'No such order', meaning: 'The order does not exist, or was deleted.' },
  'cache-not-found': {
    status: 404,
    title: 'No such cache',
    meaning: 'GET /admin/cache/caches lists the caches. A URL must be one of a cached route.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The "Allow" header lists the methods of this path.',
  },
  'not-acceptable': { status: 406, title: 'Not acceptable', meaning: 'Accept application/json.' },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'Send it again, on a new connection.',
  },
  'email-taken': {
    status: 409,
    title: 'E-mail address taken',
    meaning: 'Another user has this address. Upper and lower case are equal.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Changed in the meantime',
    meaning: 'The resource has another version, which the "ETag" header names. Read the resource again, then decide.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    meaning: 'Send a smaller body. Most routes accept at most 16 KiB.',
  },
  'uri-too-long': { status: 414, title: 'The path is too long', meaning: 'Check the path. Ids are shorter.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    meaning: 'Send application/json; to PATCH also application/merge-patch+json (RFC 7396).',
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match is required',
    meaning: 'Send the ETag of the version you mean to change in If-Match (RFC 6585).',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    meaning: 'Try again after "Retry-After" seconds.',
  },
  'headers-too-large': { status: 431, title: 'The headers are too large', meaning: 'Send fewer or shorter headers.' },
  internal: {
    status: 500,
    title: 'Internal error',
    meaning: 'Report the "requestId" to the operator of the service.',
  },
  'not-implemented': {
    status: 501,
    title: 'Not implemented',
    meaning: 'Use a method of HTTP, in capital letters, and no transfer coding except "chunked".',
  },
  'origin-unavailable': {
    status: 503,
    title: 'The database is unavailable',
    meaning:
      'A write may have succeeded. Read the resource after "Retry-After" seconds. Repeat a write only with If-Match.',
  },
  overloaded: { status: 503, title: 'Too busy', meaning: 'Try again after "Retry-After" seconds.' },
  'cache-unavailable': {
    status: 503,
    title: 'The cache is unavailable',
    meaning: 'The write was rejected. Try again after "Retry-After" seconds.',
  },
  'http-version-not-supported': {
    status: 505,
    title: 'The version of HTTP is not supported',
    meaning: 'Send HTTP/1.1 or HTTP/1.0.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

/** Returns the general code of a status. */
export function problemCodeOf(status: number): ProblemCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'route-not-found';
    case 405:
      return 'method-not-allowed';
    case 406:
      return 'not-acceptable';
    case 408:
      return 'request-timeout';
    case 412:
      return 'precondition-failed';
    case 413:
      return 'payload-too-large';
    case 414:
      return 'uri-too-long';
    case 415:
      return 'unsupported-media-type';
    case 428:
      return 'precondition-required';
    case 429:
      return 'too-many-requests';
    case 431:
      return 'headers-too-large';
    case 501:
      return 'not-implemented';
    case 503:
      return 'overloaded';
    case 505:
      return 'http-version-not-supported';
    default:
      return status >= 400 && status < 500 ? 'malformed-request' : 'internal';
  }
}
