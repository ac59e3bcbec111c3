import { describe, expect, it } from 'vitest';
import { checkHistory, type Phase, type Rule } from './history.js';
import type { Stall } from '../worker/loop-stalls.js';
import { type Kind, type Operation, OperationLog } from './operation.js';

const HEALTHY: Phase = {
  name: 'healthy',
  from: Number.NEGATIVE_INFINITY,
  bound: { strong: 0, read: 50 },
  settled: true,
};
const FAULTY: Phase = { ...HEALTHY, name: 'faulty', bound: { strong: 0, read: 1_000 }, settled: false };

/** A write of version 2 by process 0, acknowledged at 20, with the changes of a test. */
function operation(different: Partial<Operation> = {}): Operation {
  const write = { kind: 'write', instance: 0, session: 0, key: 1, version: 2, start: 10, end: 20 } as const;
  return { ...write, pending: false, source: 'origin', ...different };
}

function read(different: Partial<Operation>): Operation {
  const start = different.start ?? 0;
  return operation({ kind: 'read', instance: 1, start, end: start + 1, source: 'l1', ...different });
}

const stall = (from: number, to: number): Stall => ({ from, to, meant: false });

function rulesBroken(operations: readonly Operation[], phases: readonly Phase[] = [HEALTHY]): Rule[] {
  return checkHistory(operations, phases).violations.map(({ rule }) => rule);
}

describe(checkHistory, () => {
  it('accepts reads of the current version', () => {
    const history = [
      read({ version: 1, start: 5 }),
      read({ version: 1, start: 15 }),
      operation(),
      // The write is committed but not acknowledged yet, so both versions are right.
      read({ version: 2, start: 15 }),
      read({ kind: 'strong', version: 2, start: 21 }),
      read({ instance: 0, version: 2, start: 21 }),
    ];
    expect(rulesBroken(history)).toEqual([]);
  });

  it('allows another process to lag up to the bound', () => {
    expect(rulesBroken([operation(), read({ version: 1, start: 70 })])).toEqual([]);
    expect(rulesBroken([operation(), read({ version: 1, start: 70.1 })])).toEqual(['older than promised']);
    expect(rulesBroken([operation(), read({ version: 1, start: 1_020 })], [FAULTY])).toEqual([]);
    expect(rulesBroken([operation(), read({ version: 1, start: 1_021 })], [FAULTY])).toEqual(['older than promised']);
  });

  it('excludes the time in which a process did not run, if the bound allows it', () => {
    const awake = { ...HEALTHY, bound: { ...HEALTHY.bound, awake: true } };
    const late = (kind: Kind, instance = 1) => [operation(), read({ kind, instance, version: 1, start: 100 })];
    const broken = (phase: Phase, operations: readonly Operation[], ...stalls: readonly Stall[]): Rule[] =>
      checkHistory(operations, [phase], new Map([[1, stalls]])).violations.map(({ rule }) => rule);
    expect(broken(awake, late('read'), stall(0, 50))).toEqual([]);
    expect(broken(awake, late('read'), stall(0, 49))).toEqual(['older than promised']);
    expect(broken(awake, late('read'), stall(20, 45), stall(30, 49))).toEqual(['older than promised']);
    expect(broken(awake, late('read'), stall(71, 200))).toEqual(['older than promised']);
    expect(broken(awake, late('strong'), stall(0, 100))).toEqual(['older than promised']);
    expect(broken(awake, late('read', 2), stall(0, 100))).toEqual(['older than promised']);
    expect(broken(HEALTHY, late('read'), stall(0, 100))).toEqual(['older than promised']);
  });

  it('measures the lag from the first missed write, not from the last', () => {
    const writes = [operation(), operation({ version: 3, start: 60, end: 69 })];
    const { violations } = checkHistory([...writes, read({ version: 1, start: 90 })], [HEALTHY]);
    expect(violations).toMatchObject([{ lagMs: 70 }]);
    expect(rulesBroken([...writes, read({ version: 2, start: 90 })])).toEqual([]);
  });

  it('counts a newer version whose acknowledgement came before an older one', () => {
    const writes = [operation({ end: 200 }), operation({ instance: 2, version: 3, start: 11, end: 21 })];
    expect(rulesBroken([...writes, read({ kind: 'strong', version: 2, start: 22 })])).toEqual(['older than promised']);
  });

  it('allows no lag to strong reads', () => {
    expect(rulesBroken([operation(), read({ kind: 'strong', version: 1, start: 20.1 })])).toEqual([
      'older than promised',
    ]);
  });

  it('reports a process that misses its own write, also during a fault', () => {
    const history = [operation({ pending: true }), read({ instance: 0, version: 1, start: 20.1 })];
    expect(rulesBroken(history, [FAULTY])).toEqual(['did not read its own write']);
  });

  it('excuses reads that missed a pending write until the fault ends', () => {
    const healed = { ...HEALTHY, name: 'healed', from: 3_000 };
    const write = operation({ pending: true });
    expect(rulesBroken([write, read({ kind: 'strong', version: 1, start: 2_000 })], [FAULTY, healed])).toEqual([]);
    expect(rulesBroken([write, read({ version: 1, start: 3_000 })], [FAULTY, healed])).toEqual(['older than promised']);
    const later = operation({ pending: true, start: 3_010, end: 3_020 });
    expect(rulesBroken([later, read({ kind: 'strong', version: 1, start: 4_000 })], [FAULTY, healed])).toEqual([]);
  });

  it('reports a read that missed a pending write while Redis answers', () => {
    const answering = { ...FAULTY, bound: { ...FAULTY.bound, pendingCounts: true } };
    const missed = [operation({ pending: true }), read({ kind: 'strong', version: 1, start: 20.1 })];
    expect(rulesBroken(missed, [FAULTY])).toEqual([]);
    expect(rulesBroken(missed, [answering])).toEqual(['older than promised']);
  });

  it('reports a read that missed an applied write beside a pending one', () => {
    const writes = [operation(), operation({ version: 3, start: 30, end: 40, pending: true })];
    expect(rulesBroken([...writes, read({ kind: 'strong', version: 1, start: 50 })], [FAULTY])).toEqual([
      'older than promised',
    ]);
  });

  it('reports a read of a version that was not written before', () => {
    expect(rulesBroken([read({ version: 2, start: 5 })])).toEqual(['the version that was read was never written']);
    expect(rulesBroken([operation(), read({ version: 2, start: 5 })])).toEqual(['read before it was written']);
    const unknown = operation({ version: Number.NaN, end: Number.POSITIVE_INFINITY });
    expect(rulesBroken([unknown, read({ version: 2, start: 15 })])).toEqual([]);
  });

  it('reports writes out of order', () => {
    expect(rulesBroken([operation(), operation({ instance: 1 })])).toEqual(['two writes made one version']);
    expect(rulesBroken([operation(), operation({ version: 3, start: 1, end: 5 })])).toEqual([
      'a version was made after a newer one',
    ]);
  });

  it('reports a session of strong reads that goes back, even before the acknowledgement', () => {
    const history = [
      operation({ end: 100 }),
      read({ kind: 'strong', version: 2, start: 15 }),
      read({ kind: 'strong', version: 1, start: 17 }),
    ];
    expect(rulesBroken(history)).toEqual(['a strong read went back in time']);
    expect(rulesBroken(history.with(0, operation({ end: 100, pending: true })))).toEqual([]);
  });

  it('checks each row separately', () => {
    expect(rulesBroken([operation(), read({ key: 2, version: 1, start: 500 })])).toEqual([]);
  });

  it('counts stale reads by phase and by lag', () => {
    const lags = [0, 10, 60, 300, 2_000].map((lag) => read({ version: 1, start: 20 + lag }));
    const figures = checkHistory([operation({ pending: true }), ...lags], [FAULTY]).phases.get('faulty');
    expect(figures).toMatchObject({ reads: 5, writes: 1, pendingWrites: 1, ownMissed: 0 });
    expect(figures?.read).toEqual({ over: { 0: 4, 5: 4, 50: 3, 200: 2, 1000: 1 }, oldestMs: 2_000 });
  });
});

describe(OperationLog, () => {
  it('returns the added operations, also after they were sent', () => {
    const operations = Array.from({ length: 5_000 }, (_, index) => read({ version: index, pending: index % 2 === 0 }));
    const logs = [operations.slice(0, 4_500), operations.slice(4_500)].map((part) => {
      const log = new OperationLog();
      part.forEach((each) => log.add(each));
      return log;
    });
    const sent = structuredClone(logs.flatMap((log) => log.chunks()));
    expect([...OperationLog.of(sent)]).toEqual(operations);
  });
});
