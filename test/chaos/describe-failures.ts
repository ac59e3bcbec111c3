import { describe, expect, it } from 'vitest';
import { OPERATION_TIMEOUT_MS } from '../consistency/processes/fleet/fleet.js';
import { writeFailureMode } from '../consistency/processes/scenarios/failure-modes.js';
import { type ChaosFleet, type Failure, runFailure } from './failure.js';

/** Declares a test per fault: it keeps the promise, and its figures go to the table of docs/operations/failure-modes.md. */
export function describeFailures<F extends ChaosFleet>(
  servers: string,
  failures: readonly Failure<F>[],
  start: () => Promise<F>,
): void {
  describe(servers, () => {
    it.each(failures)('$fault', async (failure) => {
      const figures = await runFailure(failure, start);
      const { broken, longestReadMs, writesAfterMs, staleMs } = figures;
      await writeFailureMode(figures);
      expect(broken).toEqual([]);
      expect(staleMs.own).toBe(0);
      expect(staleMs.strong).toBe(0);
      expect(longestReadMs).toBeLessThan(2 * (OPERATION_TIMEOUT_MS + figures.figures.longestLoadMs) + 20);
      expect(writesAfterMs).toBeLessThan(failure.writesWithinMs ?? 500);
    });
  });
}
