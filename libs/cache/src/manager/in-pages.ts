/** So much goes out together: Redis is given no more than a page before somebody else has a turn. */
const PAGE = 64;

/** The answers to `work` for each item, in their order. */
export async function inPages<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < items.length; from += PAGE) {
    answers.push(...(await Promise.all(items.slice(from, from + PAGE).map(work))));
  }
  return answers;
}
