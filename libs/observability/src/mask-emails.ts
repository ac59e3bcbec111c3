/**
 * An address as it is written, in any script, or as it stands in a URL. A slash ends it: in a path it is not part of one. The
 * dot of a domain may be the ideographic one. An escape of JSON is passed over first: its last letter begins no address.
 */
const ESCAPE_OR_EMAIL =
  /\\(?:u[\da-f]{4}|.)|[\p{L}\p{M}\p{N}_.!#$%&'*+=?^`{|}~-]{1,64}(?:@|%40)(?:(?:[\p{L}\p{M}\p{N}_-]|%[\da-f]{2}){1,63}[.。])+(?:\p{L}|%[\da-f]{2})(?:[\p{L}\p{M}\p{N}-]|%[\da-f]{2}){1,62}/giu;

/**
 * Replaces every e-mail address in a line, wherever it came from: a message of the database, a URL, a value somebody logged.
 * What is before the `@` in quotes (`"ada lovelace"@example.com`) or after it in brackets (`ada@[192.0.2.1]`) is left.
 *
 * @example
 * maskEmails('GET /users/ada@example.com'); // 'GET /users/[email]'
 */
export function maskEmails(line: string): string {
  return line.includes('@') || line.includes('%40')
    ? line.replace(ESCAPE_OR_EMAIL, (found) => (found.startsWith('\\') ? found : '[email]'))
    : line;
}
