import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headingAnchor } from '../../scripts/docs/heading-anchor.mjs';
import { alertCases, alertRules } from './files.js';
import { promtool } from './prometheus.js';

const operations = join(import.meta.dirname, '../../docs/operations');
const PAGES = 'https://github.com/nuthatch/nuthatch/blob/main/docs/operations/';

describe('the rules of docker/observability', () => {
  it('are valid for promtool', async () => {
    expect(await promtool('check', 'rules', 'recording.yaml', 'alerts.yaml')).toContain('SUCCESS');
  });

  it('pass their own tests', async () => {
    expect(await promtool('test', 'rules', 'recording.test.yaml', 'alerts.test.yaml')).toContain('SUCCESS');
  });

  it('have one test in which each alert fires, and one in which it does not', () => {
    const cases = alertCases().flatMap(({ alert_rule_test: tests }) =>
      tests.map(({ alertname, exp_alerts: expected }) => `${alertname} ${expected.length > 0 ? 'firing' : 'silent'}`),
    );
    const wanted = alertRules().flatMap(({ alert }) => [`${alert} firing`, `${alert} silent`]);
    expect(cases.toSorted()).toEqual(wanted.toSorted());
  });

  it('link to sections of the operations pages that exist', () => {
    const links = alertRules().map(({ annotations }) => annotations['runbook_url'] ?? '');
    expect(links.filter((link) => !isSection(link))).toEqual([]);
    expect(isSection(`${PAGES}README.md#no-such-section`)).toBe(false);
  });
});

/** Whether a link leads to a page of the operations, or to a section of one. */
function isSection(link: string): boolean {
  const [page = '', anchor] = link.slice(PAGES.length).split('#');
  const file = join(operations, page);
  if (!link.startsWith(PAGES) || !existsSync(file)) return false;
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return anchor === undefined || headings.map(headingAnchor).includes(anchor);
}
