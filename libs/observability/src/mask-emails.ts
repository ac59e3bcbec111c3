/** An address as it is written, or as it stands in a URL. A slash ends it: in a path it is not part of one. */
const EMAIL =
  /[\w.!#$%&'*+=?^`{|}~-]{1,64}(?:@|%40)(?:(?:[\p{L}\d_-]|%[\da-f]{2}){1,63}\.)+(?:\p{L}|%[\da-f]{2})(?:[\p{L}\d-]|%[\da-f]{2}){1,62}/giu;

/**
 * Replaces every e-mail address in a line, wherever it came from: a message of the database, a URL, a value somebody logged.
 *
 * @example
 * maskEmails('GET /users/ada@example.com'); // 'GET /users/[email]'
 */
export function maskEmails(line: string): string {
  return line.includes('@') || line.includes('%40') ? line.replace(EMAIL, '[email]') : line;
}
