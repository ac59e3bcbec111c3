import { describe, expect, it, vi } from 'vitest';
import { UnacknowledgedReleases } from './unacknowledged-releases.js';

describe(UnacknowledgedReleases, () => {
  it('sends each release once more, unless it was acknowledged', () => {
    const releases = new UnacknowledgedReleases();
    const [lost, acknowledged] = [vi.fn(async () => {}), vi.fn(async () => {})];
    releases.add('record', 'lost', lost);
    releases.add('record', 'acknowledged', acknowledged);
    releases.acknowledged('record', 'acknowledged');
    releases.sendAgain();
    releases.sendAgain();
    expect([lost, acknowledged].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  });

  it('does not grow while Redis rejects releases on one connection', () => {
    const releases = new UnacknowledgedReleases();
    const rejected = vi.fn(async () => {
      throw new Error('MISCONF');
    });
    for (let token = 0; token < 5_000; token += 1) releases.add('record', `${token}`, rejected);
    releases.sendAgain();
    expect(rejected).toHaveBeenCalledTimes(1_000);
  });
});
