/** How many operations run at once, so that a long list does not block Redis for other callers. */
const PAGE = 64;

/** Returns the results of `work` for the items, in the order of the items. */
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
