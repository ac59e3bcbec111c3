/**
 * The path of a request's target (RFC 9112 §3.2), fit for a log. Without the query, which may hold what people typed, and without the
 * origin that a client may send before it, which may hold a password.
 *
 * @example
 * requestPath('http://ada:secret@localhost:3000/users?q=ada'); // '/users'
 */
export function requestPath(target: string): string {
  const [path = ''] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1);
  return path === '' ? '/' : path;
}
