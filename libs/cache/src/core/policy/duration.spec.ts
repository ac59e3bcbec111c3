import { describe, expect, it } from 'vitest';
import { durationMs } from './duration.js';

describe(durationMs.name, () => {
  it.each([
    ['1ms', 1],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['1.25s', 1_250],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '30', '30 s', '-1s', '-1e3s', '0s', '0.4ms', '1e3s', 'Infinitys', '30sec', '٣s', '99999999999999d'])(
    'rejects "%s"',
    (text) => {
      expect(durationMs(text)).toBeUndefined();
    },
  );
});
