import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFigures } from './page.js';

const PAGE = join(import.meta.dirname, '../../../docs/comparison.md');

describe(withFigures, () => {
  it('replaces the text between the markers, also repeatedly', () => {
    const page = 'before\n\n<!-- speed -->\n\nold\n\n<!-- /speed -->\n\nafter\n';
    const once = withFigures(page, new Map([['speed', 'new']]));
    expect(once).toBe('before\n\n<!-- speed -->\n\nnew\n\n<!-- /speed -->\n\nafter\n');
    expect(withFigures(once, new Map([['speed', 'new']]))).toBe(once);
  });

  it('keeps the prefix of a quotation', () => {
    const page = '> <!-- speed -->\n> <!-- /speed -->\n';
    expect(withFigures(page, new Map([['speed', 'a\nb']]))).toBe(
      '> <!-- speed -->\n>\n> a\n> b\n>\n> <!-- /speed -->\n',
    );
  });

  it('throws for figures without a place', () => {
    expect(() => withFigures('nothing', new Map([['speed', 'new']]))).toThrow(/no place for "speed"/);
  });

  it('finds a place in the published page for all figures of a run', async () => {
    const workloads = ['stale-reads', 'races', 'stampede', 'redis-away', 'redis-frozen'];
    const names = ['conditions', 'set-ups', ...workloads, ...workloads.map((name) => `${name} in short`)];
    const page = await readFile(PAGE, 'utf8');
    expect(() => withFigures(page, new Map(names.map((name) => [name, ''])))).not.toThrow();
  });
});
