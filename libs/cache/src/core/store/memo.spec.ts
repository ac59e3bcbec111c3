import { describe, expect, it } from 'vitest';
import { Memo } from './memo.js';

describe(Memo.name, () => {
  it('keeps used values, and drops unused ones', () => {
    const recent = new Memo<number>(2);
    for (const [text, value] of Object.entries({ a: 1, b: 2, c: 3 })) recent.set(text, value);
    expect(recent.get('a')).toBe(1);
    recent.set('d', 4);
    expect([recent.get('b'), recent.get('c'), recent.get('a'), recent.get('d')]).toEqual([undefined, 3, 1, 4]);
  });

  it('keeps at most twice its limit', () => {
    const recent = new Memo<number>(10);
    for (let index = 0; index < 1_000; index += 1) recent.set(`${index}`, index);
    const held = Array.from({ length: 1_000 }, (_, index) => recent.get(`${index}`)).filter(
      (value) => value !== undefined,
    );
    expect(held.length).toBeLessThanOrEqual(20);
  });
});
