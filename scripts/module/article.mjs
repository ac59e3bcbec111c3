/** Returns the word with its article: `an invoice`. It looks at the first letter, which is right for most words. */
export function article(word) {
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}
