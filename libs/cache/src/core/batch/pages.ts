/** Keys per round trip. A larger page would delay the other commands on the connection, some past their deadline. */
const PAGE = 250;

export function* pagesOf<T>(items: readonly T[]): Generator<readonly T[], void> {
  for (let from = 0; from < items.length; from += PAGE) yield items.slice(from, from + PAGE);
}
