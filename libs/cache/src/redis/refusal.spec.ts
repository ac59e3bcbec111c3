import { describe, expect, it } from 'vitest';
import { refusalLine } from './refusal.js';

describe(refusalLine, () => {
  it('has the word of the server, the effect and the fix', () => {
    expect(refusalLine('write', 'MISCONF')).toBe(
      'Redis refuses writes (MISCONF). Nothing is read from it until it accepts them. Free space on the disk of Redis, or turn persistence off.',
    );
    expect(refusalLine('subscribe', 'NOPERM')).toMatch(
      /^Redis refuses SUBSCRIBE \(NOPERM\)\. L1 is off.* Grant the Redis user/,
    );
  });

  it('ends with the effect for a word without a known fix', () => {
    expect(refusalLine('command', 'BUSY')).toBe('Redis refuses commands (BUSY). The cache is off or limited.');
  });
});
