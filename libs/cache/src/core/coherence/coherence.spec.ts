import { describe, expect, it, vi } from 'vitest';
import { ExpiringLru } from '../../memory/expiring-lru.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { Observation } from '../observe/observation.js';
import type { L1Entry } from '../store/entry.js';
import { RedisKeys } from '../store/redis-keys.js';
import { Coherence } from './coherence.js';

const LIMITS = { maxStalenessMs: 1_000 };

function givenCoherence() {
  const clock = new ManualClock();
  const local = new ExpiringLru<L1Entry>(clock, { maxBytes: 1_000, maxEntries: 10 });
  const observer = { stored: vi.fn(), invalidated: vi.fn(), invalidatedAll: vi.fn() };
  const coherence = new Coherence(
    local,
    clock,
    LIMITS,
    new Observation(clock, new RedisKeys('n'), undefined, observer),
  );
  return { clock, local, observer, coherence };
}

describe(Coherence.name, () => {
  it('trusts L1 for less than maxStaleness after the last heartbeat was sent', () => {
    const { clock, coherence } = givenCoherence();
    expect(coherence.fresh).toBe(false);
    coherence.onHeartbeat(clock.now());
    clock.advance(LIMITS.maxStalenessMs - 1);
    expect(coherence.fresh).toBe(true);
    clock.advance(1);
    expect(coherence.fresh).toBe(false);
  });

  it('ignores the reply to a heartbeat that is older than the last one', () => {
    const { clock, coherence } = givenCoherence();
    clock.advance(100);
    coherence.onHeartbeat(80);
    coherence.onHeartbeat(30);
    expect(coherence.heartbeatAgeMs).toBe(20);
  });

  it('verifies a result for less than maxStaleness, from the last heartbeat or from now', () => {
    const { clock, coherence } = givenCoherence();
    clock.advance(5_000);
    const unverified = coherence.beginRead(['k']);
    coherence.onHeartbeat(4_500);
    const verified = coherence.beginRead(['k']);
    coherence.onHeartbeat(Number.POSITIVE_INFINITY);
    const alone = coherence.beginRead(['k']);
    const current = () => [unverified, verified, alone].map(({ isCurrent }) => isCurrent);
    clock.advance(499);
    expect(current()).toEqual([true, true, true]);
    clock.advance(1);
    expect(current()).toEqual([true, false, true]);
    clock.advance(500);
    expect(current()).toEqual([false, false, false]);
  });

  it('uses results of several servers for half of maxStaleness, and while the channels of their servers are verified', () => {
    const { clock, coherence } = givenCoherence();
    clock.advance(5_000);
    const verifiedAt = new Map([
      ['k', 5_000],
      ['t', 4_300],
    ]);
    coherence.useServers({ verifiedAt: (name) => verifiedAt.get(name) ?? -Infinity, oldestVerifiedAt: 4_300 });
    expect([coherence.freshAt(clock.now()), coherence.fresh, coherence.heartbeatAgeMs]).toEqual([true, true, 700]);
    const read = coherence.beginRead(['t'], 'k');
    expect(coherence.usableUntil(read, 'k')).toBe(5_500);
    expect(coherence.usableUntil(read, 'k', [['t', 'v']])).toBe(5_300);
    expect(coherence.usableUntil(read, 'unknown')).toBe(-Infinity);
    clock.advance(499);
    expect([read.isCurrent, coherence.fresh]).toEqual([true, false]);
    clock.advance(1);
    expect(read.isCurrent).toBe(false);
    coherence.onChannelLost();
    expect(coherence.freshAt(clock.now()), 'each entry has an end of its own').toBe(true);
  });

  it('keeps reads out of L1 once a write is announced, and stops sharing them once it has ended', () => {
    const { coherence } = givenCoherence();
    const read = coherence.beginRead(['k', 't']);
    coherence.onInvalidation('intent', 'k');
    expect([read.cachingPrevented, read.sharingPrevented]).toEqual([true, false]);
    coherence.onInvalidation('done', 't');
    expect(read.sharingPrevented).toBe(true);
  });

  it('drops the local copy and the tag version of an invalidated name, and reports the name', () => {
    const { local, observer, coherence } = givenCoherence();
    const deleted = vi.spyOn(local, 'delete');
    const [tag, other] = [coherence.tags.learn('t', 'v1'), coherence.tags.learn('other', 'v1')];
    coherence.onInvalidation('done', 't');
    expect(deleted).toHaveBeenCalledExactlyOnceWith('t');
    expect([tag.version, other.version]).toEqual([undefined, 'v1']);
    expect(observer.invalidated).toHaveBeenCalledExactlyOnceWith('t');
  });

  it('drops local data and stops sharing reads when its channel is lost, and counts the loss', () => {
    const { clock, local, observer, coherence } = givenCoherence();
    const cleared = vi.spyOn(local, 'clear');
    const tag = coherence.tags.learn('t', 'v1');
    const read = coherence.beginRead(['k']);
    coherence.onHeartbeat(clock.now());
    coherence.onChannelLost();
    expect(coherence.fresh).toBe(false);
    expect(cleared).toHaveBeenCalledOnce();
    expect([tag.version, coherence.tags.version('t')]).toEqual([undefined, undefined]);
    expect([read.cachingPrevented, read.sharingPrevented]).toEqual([true, true]);
    expect(observer.invalidatedAll).toHaveBeenCalledOnce();
    expect(coherence.flushes).toBe(1);
  });

  it('counts one loss of its channel until the next heartbeat, although each attempt to connect loses it again', () => {
    const { clock, coherence } = givenCoherence();
    for (const expected of [1, 2]) {
      coherence.onHeartbeat(clock.now());
      for (let attempt = 0; attempt < 3; attempt += 1) coherence.onChannelLost();
      expect(coherence.flushes).toBe(expected);
    }
  });

  it('needs no observer', () => {
    const { clock, local } = givenCoherence();
    const coherence = new Coherence(local, clock, LIMITS, new Observation(clock, new RedisKeys('n')));
    coherence.onInvalidation('done', 'k');
    coherence.onChannelLost();
    expect(coherence.flushes).toBe(1);
  });
});
