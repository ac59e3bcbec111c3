import { describe, expect, it } from 'vitest';
import { pageLinks } from './page-links.js';

describe(pageLinks, () => {
  it('returns the next page and the first page', () => {
    expect(pageLinks('/users', { limit: 20, sort: 'name' }, { nextCursor: 'abc' })).toEqual({
      Link: '</users?limit=20&sort=name&cursor=abc>; rel="next", </users?limit=20&sort=name>; rel="first"',
    });
  });

  it('returns only the first page on the last page', () => {
    expect(pageLinks('/users', { limit: 20, cursor: 'abc' }, { nextCursor: null })).toEqual({
      Link: '</users?limit=20>; rel="first"',
    });
  });

  it('replaces the cursor of the page with the cursor of the next page', () => {
    expect(pageLinks('/users', { limit: 20, cursor: 'abc', q: 'ad' }, { nextCursor: 'def' }).Link).toMatch(
      /^<\/users\?limit=20&q=ad&cursor=def>; rel="next", /,
    );
  });

  it('encodes every search as ASCII that cannot end the link', () => {
    const { Link } = pageLinks('/users', { limit: 1, q: 'Öz>; rel="x", <b&c=d\r\n' }, { nextCursor: null });
    expect(Link).toMatch(/^<[^<>\s"]+>; rel="first"$/);
    const [, target = ''] = /<(.+)>/.exec(Link) ?? [];
    expect(new URL(target, 'http://a').searchParams.get('q')).toBe('Öz>; rel="x", <b&c=d\r\n');
  });

  it('leaves out parameters without a value', () => {
    expect(pageLinks('/users', { limit: 1, q: undefined }, { nextCursor: null }).Link).toBe(
      '</users?limit=1>; rel="first"',
    );
  });
});
