import { describe, expect, it } from 'vitest';
import { prefersHtml } from './prefers-html.js';

describe(prefersHtml, () => {
  it.each([
    'text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
    'application/json;q=0.5, TEXT/HTML ;q=0.9',
  ])('prefers HTML for %s', (accept) => {
    expect(prefersHtml(accept)).toBe(true);
  });

  it.each([undefined, '', '*/*', 'application/json', 'text/html;q=0', 'text/html, application/json', 'text/html;q=x'])(
    'does not prefer HTML for %s',
    (accept) => {
      expect(prefersHtml(accept)).toBe(false);
    },
  );
});
