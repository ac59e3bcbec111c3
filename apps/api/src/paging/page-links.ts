import type { Page } from './page-schema.js';

/**
 * Returns the `Link` header of a page (RFC 8288): the addresses of the next page, if there is one, and of the first page.
 * Give it the canonical query, so that each page has one address.
 */
export function pageLinks(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
  { nextCursor }: Pick<Page<unknown>['page'], 'nextCursor'>,
): { readonly Link: string } {
  const first = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && name !== 'cursor') first.set(name, String(value));
  }
  const next = new URLSearchParams(first);
  if (nextCursor !== null) next.set('cursor', nextCursor);
  const links = nextCursor === null ? { first } : { next, first };
  return {
    Link: Object.entries(links)
      .map(([rel, parameters]) => `<${path}?${parameters.toString()}>; rel="${rel}"`)
      .join(', '),
  };
}
