import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RepeatedWarnings } from './repeated-warnings.js';

describe(RepeatedWarnings, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function givenWarnings() {
    const lines: string[] = [];
    return { lines, warnings: new RepeatedWarnings({ warn: (line: string) => lines.push(line) }) };
  }

  it('logs a warning at once, and its repetitions once per second', () => {
    const { lines, warnings } = givenWarnings();
    for (let count = 0; count < 300; count += 1) warnings.warn('Down.');
    expect(lines).toEqual(['Down.']);
    vi.advanceTimersByTime(1_000);
    warnings.warn('Down.');
    vi.advanceTimersByTime(1_000);
    expect(lines).toEqual(['Down.', 'Down. (299 more in 1 s)', 'Down. (1 more in 1 s)']);
  });

  it('logs another warning at once, and a warning without repetitions only once', () => {
    const { lines, warnings } = givenWarnings();
    warnings.warn('Down.');
    warnings.warn('Full.');
    vi.advanceTimersByTime(1_000);
    expect(lines).toEqual(['Down.', 'Full.']);
    expect(vi.getTimerCount()).toBe(0);
    warnings.warn('Down.');
    expect(lines).toEqual(['Down.', 'Full.', 'Down.']);
  });
});
