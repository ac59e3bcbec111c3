import { describe, expect, it } from 'vitest';
import { refusalLine, refusalOf } from './refusal.js';

describe(refusalOf, () => {
  it('returns the word of a server that refuses, and nothing for one that leads to another server', () => {
    const replies = ['MISCONF Errors writing', 'CLUSTERDOWN Hash slot not served', 'MOVED 1 a:1', 'ASK 1 a:1'];
    expect(replies.map((reply) => refusalOf(new Error(reply)))).toEqual([
      'MISCONF',
      'CLUSTERDOWN',
      undefined,
      undefined,
    ]);
  });
});

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
