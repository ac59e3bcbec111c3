import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { ReadGate } from './read-gate.js';

const SETTLING_MS = 1_000;

function givenGate() {
  const clock = new ManualClock();
  return { clock, gate: new ReadGate(clock, SETTLING_MS) };
}

describe(ReadGate.name, () => {
  it('is open at first', () => {
    const { gate } = givenGate();
    expect([gate.open, gate.refusal]).toEqual([true, undefined]);
  });

  it('closes at a refused write, reports the word, and opens when writes were accepted for the settling time', () => {
    const { clock, gate } = givenGate();
    expect(gate.refuse('write', 'MISCONF')).toBe(true);
    expect(gate.refuse('write', 'MISCONF')).toBe(false);
    expect(gate.refuse('write', 'NOREPLICAS')).toBe(true);
    expect(gate.refuse('write', 'MISCONF')).toBe(true);
    expect([gate.open, gate.refusal]).toEqual([false, 'MISCONF']);
    clock.advance(60_000);
    expect(gate.open).toBe(false);
    gate.accept('write');
    expect([gate.open, gate.refusal]).toEqual([false, undefined]);
    clock.advance(SETTLING_MS - 1);
    gate.accept('write');
    expect(gate.open).toBe(false);
    clock.advance(1);
    expect(gate.open).toBe(true);
  });

  it.each(['store', 'subscribe'] as const)('stays open while the server refuses to %s, and reports the word', (use) => {
    const { gate } = givenGate();
    gate.refuse(use, 'OOM');
    expect([gate.open, gate.refusal]).toEqual([true, 'OOM']);
    gate.accept('write');
    expect(gate.refusal).toBe('OOM');
    gate.accept(use);
    expect(gate.refusal).toBeUndefined();
  });

  it('is closed for the settling time after the server has changed, and longer while it refuses writes', () => {
    const { clock, gate } = givenGate();
    gate.settle();
    clock.advance(SETTLING_MS - 1);
    expect(gate.open).toBe(false);
    clock.advance(1);
    expect(gate.open).toBe(true);
    gate.refuse('write', 'READONLY');
    gate.settle();
    clock.advance(SETTLING_MS);
    expect(gate.open).toBe(false);
  });

  it('is closed during a check, also if writes are accepted meanwhile', () => {
    const { clock, gate } = givenGate();
    gate.beginCheck();
    gate.refuse('write', 'READONLY');
    gate.accept('write');
    clock.advance(SETTLING_MS);
    expect(gate.open).toBe(false);
    gate.endCheck();
    expect(gate.open).toBe(true);
  });
});
