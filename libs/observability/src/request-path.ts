/**
 * Returns the path of a request target (RFC 9112 §3.2) for a log. Removes the query, which may contain personal data, and the
 * origin that a client may send before the path, which may contain a password.
 *
 * @example
 * requestPath('http://ada:secret@localhost:3000/users?q=ada'); // '/users'
 */
export function requestPath(target: string): string {
  const [path = ''] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1);
  return path === '' ? '/' : path;
}
