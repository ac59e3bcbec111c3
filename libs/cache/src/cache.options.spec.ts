import { describe, expect, it } from 'vitest';
import { checkOptions } from './cache.options.js';

describe(checkOptions, () => {
  it('every limit has a finite default (jaredwray/cacheable#1637, jaredwray/cacheable#1638)', () => {
    expect(checkOptions({})).toMatchObject({
      maxBytes: 64 * 1024 * 1024,
      maxEntries: 100_000,
      maxLoads: 100,
      maxPayloadBytes: 1024 * 1024,
    });
  });

  it.each(
    ['maxBytes', 'maxEntries', 'maxLoads', 'maxPayloadBytes'].flatMap((name) =>
      [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map((bound) => [name, bound] as const),
    ),
  )(
    'no limit can be switched off: checkOptions rejects %s %d (jaredwray/cacheable#1637, jaredwray/cacheable#1638)',
    (name, bound) => {
      expect(() => checkOptions({ [name]: bound })).toThrow(
        expect.objectContaining({ code: 'CACHE_OPTIONS_INVALID', message: expect.stringContaining(name) }),
      );
    },
  );

  it.each(['redis://h:1/2', 'rediss://user:pw@h'])('checkOptions accepts the URL %s', (url) => {
    expect(checkOptions({ redis: url }).redis).toEqual({ topology: { mode: 'single', url } });
  });

  it.each(['', 'localhost:6379', 'http://user:secret@h', 'redis//user:secret@h'])(
    'checkOptions rejects the URL %j, and the message contains no password',
    (redis) => {
      expect(() => checkOptions({ redis })).toThrow(
        /redis: write a URL that begins with redis:\/\/ or rediss:\/\/, such as 'redis:\/\/localhost:6379'$/,
      );
    },
  );

  it('checkOptions lists every problem at once', () => {
    expect(() => checkOptions({ namespace: 'a b', maxEntries: 0, maxStaleness: '0s' })).toThrow(
      /namespace "a b"[^]*maxEntries 0[^]*maxStaleness "0s"/,
    );
  });

  it('rejects a staleness that is shorter than four heartbeats', () => {
    expect(() => checkOptions({ heartbeat: '251ms' })).toThrow('write at least four times heartbeat');
    expect(() => checkOptions({ heartbeat: '0s' })).toThrow('heartbeat "0s"');
    expect(checkOptions({ heartbeat: '1s', maxStaleness: '4s' })).toMatchObject({ heartbeatMs: 1_000 });
  });
});
