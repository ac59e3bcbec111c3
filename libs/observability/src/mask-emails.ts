/**
 * Matches an address in any script, plain or percent-encoded any number of times (`%40`, `%2540`). A slash ends it, because paths
 * contain addresses. The dot of a domain may be the ideographic one, or encoded, which no label contains. An escape of JSON matches
 * first, so that its last letter does not begin an address.
 */
const ESCAPE_OR_EMAIL =
  /\\(?:u[\da-f]{4}|.)|[\p{L}\p{M}\p{N}_.!#$%&'*+=?^`{|}~-]{1,64}(?:@|%(?:25)*40)(?:(?:[\p{L}\p{M}\p{N}_-]|%(?!(?:25)*2e)[\da-f]{2}){1,63}(?:[.。]|%(?:25)*2e))+(?:\p{L}|%[\da-f]{2})(?:[\p{L}\p{M}\p{N}-]|%[\da-f]{2}){1,62}/giu;

const AT = /@|%(?:25)*40/;

/**
 * Replaces every e-mail address in a line with `[email]`, regardless of its source: a database message, a URL, a logged value.
 *
 * Two rare forms are not masked: a quoted local part (`"ada lovelace"@example.com`) and an address literal
 * (`ada@[192.0.2.1]`).
 *
 * @example
 * maskEmails('GET /users/ada@example.com'); // 'GET /users/[email]'
 */
export function maskEmails(line: string): string {
  return AT.test(line) ? line.replace(ESCAPE_OR_EMAIL, (found) => (found.startsWith('\\') ? found : '[email]')) : line;
}
