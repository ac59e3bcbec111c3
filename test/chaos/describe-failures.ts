import { afterAll, describe, expect, it } from 'vitest';
import { OPERATION_TIMEOUT_MS } from '../consistency/processes/fleet/fleet.js';
import { type ChaosFleet, type Failure, type FailureFigures, runFailure } from './failure.js';
import { writeFailureModes } from './failure-modes.js';

/** Declares a test per fault: it keeps the promise, and its figures go to the table of docs/operations/failure-modes.md. */
export function describeFailures<F extends ChaosFleet>(
  servers: string,
  failures: readonly Failure<F>[],
  start: () => Promise<F>,
): void {
  describe(servers, () => {
    const done: FailureFigures[] = [];
    afterAll(() => writeFailureModes(done));

    it.each(failures)('$fault', async (failure) => {
      const figures = await runFailure(failure, start);
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
      expect(writesAfterMs).toBeLessThan(failure.writesWithinMs ?? 1_000);
    });
  });
}
