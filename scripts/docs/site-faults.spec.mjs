import { describe, expect, it } from 'vitest';
import { siteFaults, unlistedPages } from './site-faults.mjs';

const policy = `<meta http-equiv="content-security-policy" content="default-src 'self'">`;
const page = (body) => `<head>${policy}</head><body>${body}</body>`;
const faultsOf = (body) => {
  const pages = new Map([
    ['index.html', page(body)],
    ['tour/index.html', page('<h2 id="a-miss">A miss</h2>')],
  ]);
  return siteFaults(pages, new Set([...pages.keys(), 'assets/app.js']));
};

describe(siteFaults, () => {
  it.each([
    '<a href="/tour/">',
    '<a class="x" href="tour/index.html#a-miss">',
    '<a href="https://example.com/x">',
    '<script type="module" src="/assets/app.js"></script>',
    '<link rel="icon" href="data:,">',
    '<code>&lt;img src="https://example.com/x"&gt;</code>',
  ])('accepts %s', (body) => {
    expect(faultsOf(body)).toEqual([]);
  });

  it.each([
    ['a page that does not exist', '<a href="/tours/">', 'index.html: the link /tours/ leads nowhere'],
    ['a heading that does not exist', '<a href="/tour/#a-hit">', 'index.html: the link /tour/#a-hit leads nowhere'],
  ])('finds a link to %s', (_, body, fault) => {
    expect(faultsOf(body)).toEqual([fault]);
  });

  it.each([
    '<script src="https://example.com/x.js">',
    '<link rel="stylesheet" href="//example.com/x.css">',
    '<img alt="a" src="http://example.com/x.png">',
  ])('finds that a browser requests another host: %s', (body) => {
    expect(faultsOf(body)).toEqual([`index.html: requests something from another host: ${body}`]);
  });

  it('finds a page without a policy', () => {
    expect(siteFaults(new Map([['index.html', '<body>']]), new Set())).toEqual([
      'index.html: has no policy that forbids requests to other hosts',
    ]);
  });
});

describe(unlistedPages, () => {
  it('returns the pages that the sidebar does not link', () => {
    const sidebar = '<aside class="VPSidebar" id="x"><a href="/tour/">The tour</a></aside><a href="/api.html">';
    const pages = ['index.html', '404.html', 'tour/index.html', 'api.html'].map((path) => [path, sidebar]);
    expect(unlistedPages(new Map(pages))).toEqual(['api.html']);
  });
});
