import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeProblem } from './node-version.js';

describe(nodeProblem, () => {
  it('accepts this Node and the oldest one of package.json', () => {
    const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8'));
    const [, oldest] = /^>=(\d+)$/.exec(engines.node) ?? [];
    expect(nodeProblem(process.version)).toBeUndefined();
    expect(nodeProblem(`v${oldest}.0.0`)).toBeUndefined();
    expect(nodeProblem(`v${Number(oldest) - 1}.9.9`)).toBeDefined();
  });

  it('names the versions in one sentence', () => {
    expect(nodeProblem('v20.20.2')).toBe('Nuthatch needs Node 24 or newer, and this is v20.20.2.');
  });
});
