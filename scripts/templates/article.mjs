/** With its article: `an invoice`. By the letter, which is right of most words. */
export function article(word) {
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}
