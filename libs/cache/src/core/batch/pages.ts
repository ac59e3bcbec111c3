/** So many keys go to the store together: more would keep everybody else on the connection waiting, until some are too late. */
const PAGE = 250;

export function* pagesOf<T>(items: readonly T[]): Generator<readonly T[], void> {
  for (let from = 0; from < items.length; from += PAGE) yield items.slice(from, from + PAGE);
}
