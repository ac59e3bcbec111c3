import { describe, expect, it } from 'vitest';
import { Refusal } from './refusal.js';

function beat(refusal: Refusal, times: number): void {
  for (let beats = 0; beats < times; beats += 1) refusal.beat();
}

describe(Refusal, () => {
  it('has the word of the server for 12 heartbeats after the last refusal', () => {
    const refusal = new Refusal();
    expect(refusal.code).toBeUndefined();
    refusal.note(new Error('MISCONF Redis is configured to save RDB snapshots'));
    beat(refusal, 11);
    expect(refusal.code).toBe('MISCONF');
    refusal.note(new Error('NOPERM this user has no permissions to access one of the keys used as arguments'));
    beat(refusal, 11);
    expect(refusal.code).toBe('NOPERM');
    beat(refusal, 1);
    expect(refusal.code).toBeUndefined();
  });

  it.each(['NOSCRIPT No matching script', 'WRONGTYPE Operation against a key', 'Socket closed unexpectedly'])(
    'ignores "%s"',
    (message) => {
      const refusal = new Refusal();
      refusal.note(new Error(message));
      expect(refusal.code).toBeUndefined();
    },
  );
});
