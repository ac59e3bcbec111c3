import { afterAll, describe, expect, it } from 'vitest';
import { OPERATION_TIMEOUT_MS } from '../consistency/processes/fleet/fleet.js';
import { type FailureFigures, runFailure } from './failure.js';
import { writeFailureModes } from './failure-modes.js';
import { FAILURES } from './failures.js';

describe('a master that Sentinels monitor', () => {
  const done: FailureFigures[] = [];
  afterAll(() => writeFailureModes(done));

  it.each(FAILURES)('$fault', async (failure) => {
    const figures = await runFailure(failure);
    done.push(figures);
    const { broken, longestReadMs, writesAfterMs, healedAfterMs, staleMs, failed } = figures;
    process.stdout.write(
      `${JSON.stringify({ fault: failure.fault, longestReadMs, writesAfterMs, healedAfterMs, staleMs, failed, reported: figures.reported })}\n`,
    );
    expect(broken).toEqual([]);
    expect(staleMs.own).toBe(0);
    expect(staleMs.strong).toBe(0);
    expect(longestReadMs).toBeLessThan(2 * (OPERATION_TIMEOUT_MS + figures.figures.longestLoadMs) + 20);
    // Half as long on an idle machine: the table of docs/operations/failure-modes.md has the figures.
    expect(writesAfterMs).toBeLessThan(1_000);
  });
});
