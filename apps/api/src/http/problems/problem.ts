/** What a problem type promises: its status, its title and what a client may do about it. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
}

/**
 * Every problem this API answers with (RFC 9457). The key is the `code` member and the last part of `type`.
 * Clients match on it: a code may be added, never renamed or given another meaning.
 */
export const problems = {
  validation: {
    status: 400,
    title: 'The request is not valid',
    meaning: 'Each entry of "errors" points at a value of the request and says what is wrong with it.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'Send one JSON document (RFC 8259) in UTF-8, without the keys "__proto__" and "constructor.prototype".',
  },
  'malformed-request': {
    status: 400,
    title: 'The request is not HTTP as we read it',
    meaning: 'The request line, a header or the encoding of the URL is broken.',
  },
  'unknown-parameter': {
    status: 400,
    title: 'Unknown query parameter',
    meaning: 'Leave out the parameters that "errors" points at: nothing here reads them.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is not one of ours',
    meaning: 'Send "page.nextCursor" of an answer as it is, or start again without a cursor.',
  },
  'too-many-ids': { status: 400, title: 'Too many ids', meaning: 'Ask for the rest in another request.' },
  unauthorized: { status: 401, title: 'Unauthorized', meaning: 'Send credentials that are valid.' },
  forbidden: { status: 403, title: 'Forbidden', meaning: 'These credentials do not allow this.' },
  'route-not-found': {
    status: 404,
    title: 'No such route',
    meaning: 'Nothing is served at this path. GET /docs lists those that are.',
  },
  'user-not-found': { status: 404, title: 'No such user', meaning: 'No live user has this id.' },
  'order-not-found': { status: 404, title: 'No such order', meaning: 'No order has this id.' },
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
    meaning: 'A live user has this address. Upper and lower case do not differ.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Changed in the meantime',
    meaning:
      'The request is for another version than the current one, which the "ETag" header names. Read again, then decide.',
  },
  'payload-too-large': { status: 413, title: 'The body is too large', meaning: 'A body has at most 1 MiB.' },
  'uri-too-long': { status: 414, title: 'The path is too long', meaning: 'No id is as long as this.' },
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
  'headers-too-large': { status: 431, title: 'The headers are too large', meaning: 'Send fewer or shorter headers.' },
  internal: {
    status: 500,
    title: 'Something broke on our side',
    meaning: 'The fault is ours. "requestId" finds it in our logs.',
  },
  'origin-unavailable': {
    status: 503,
    title: 'The database is away',
    meaning:
      'Whether a write was done is not known: read again after "Retry-After" seconds. With If-Match it is safe to repeat.',
  },
  overloaded: { status: 503, title: 'Too busy', meaning: 'Try again after "Retry-After" seconds.' },
  'shutting-down': { status: 503, title: 'Shutting down', meaning: 'Try again: another instance will answer.' },
  'cache-unavailable': {
    status: 503,
    title: 'The cache is away',
    meaning: 'The cache could not be told of a change. Try again after "Retry-After" seconds.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

/** The code of a status for which nothing more precise is known. */
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
    case 431:
      return 'headers-too-large';
    case 503:
      return 'overloaded';
    default:
      return status >= 400 && status < 500 ? 'malformed-request' : 'internal';
  }
}
