import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.js';
import { InFlightRead, InFlightReads } from './in-flight-reads.js';

function given() {
  const reads = new InFlightReads(new ManualClock(), () => Infinity);
  const begin = () => new InFlightRead(reads, ['t'], 'k');
  const prevented = ({ cachingPrevented, sharingPrevented }: InFlightRead) => [cachingPrevented, sharingPrevented];
  return { reads, begin, prevented };
}

describe(InFlightReads.name, () => {
  it('concerns a read with the invalidations of its names since it began', () => {
    const { reads, begin, prevented } = given();
    const earlier = begin();
    reads.preventSharing('other');
    expect(prevented(earlier)).toEqual([false, false]);
    reads.preventSharing('t');
    const later = begin();
    expect(prevented(earlier)).toEqual([true, true]);
    expect(prevented(later)).toEqual([false, false]);
    reads.preventCaching('k');
    expect(prevented(later)).toEqual([true, false]);
  });

  it('knows the last 10,000 names, and takes a read for invalidated that began before them', () => {
    const { reads, begin, prevented } = given();
    const read = begin();
    for (let name = 0; name < 10_000; name += 1) reads.preventCaching(`name-${name}`);
    expect(prevented(read)).toEqual([false, false]);
    const later = begin();
    reads.preventCaching('one-more');
    expect(prevented(read)).toEqual([true, true]);
    expect(prevented(later)).toEqual([true, true]);
    expect(prevented(begin())).toEqual([false, false]);
  });
});
