import { describe, expect, it } from 'vitest';
import { AcknowledgedNames } from './acknowledged-names.js';

function given() {
  const clock = { at: 0, now: () => clock.at };
  return { clock, names: new AcknowledgedNames(clock) };
}

describe(AcknowledgedNames, () => {
  it('returns each name of the last ten seconds once, and then forgets it', () => {
    const { clock, names } = given();
    names.add('a');
    clock.at = 9_999;
    names.add('b');
    names.add('a');
    clock.at = 19_998;
    expect(names.take().toSorted()).toEqual(['a', 'b']);
    expect(names.take()).toEqual([]);
  });

  it('forgets names after twenty seconds at the latest', () => {
    const { clock, names } = given();
    names.add('a');
    clock.at = 10_000;
    names.add('b');
    clock.at = 20_000;
    names.add('c');
    expect(names.take().toSorted()).toEqual(['b', 'c']);
    names.add('d');
    clock.at = 40_000;
    expect(names.take()).toEqual([]);
  });

  it('keeps no more names than make pending invalidations invalidate all entries', () => {
    const { names } = given();
    for (let index = 0; index < 50_000; index += 1) names.add(`${index}`);
    expect(names.take()).toHaveLength(20_000);
  });
});
