import { RedisConnection } from '@nuthatch/redis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { figuresIn, RedisMetrics } from './redis-metrics.js';

describe(RedisMetrics, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('requests INFO at once and every 15 s, until it is stopped', async () => {
    const redis = new RedisConnection({ topology: { mode: 'single', url: 'redis://127.0.0.1:1' } });
    const run = vi.spyOn(redis, 'run').mockResolvedValue('used_memory:1024');
    const metrics = new RedisMetrics(redis);
    metrics.start();
    expect(run).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(run).toHaveBeenCalledTimes(1);
    expect(metrics.metrics()).toContainEqual(
      expect.objectContaining({ name: 'redis_memory_used_bytes', samples: [{ labels: {}, value: 1_024 }] }),
    );
    await vi.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(run).toHaveBeenCalledTimes(3);
    metrics.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(run).toHaveBeenCalledTimes(3);
  });
});

describe(figuresIn, () => {
  it('returns the numbers, and neither texts nor lists', () => {
    const info =
      '# Memory\r\nused_memory:1024\r\nmem_fragmentation_ratio:1.5\r\nmaxmemory_policy:noeviction\r\ndb0:keys=1,expires=0\r\n';
    expect([...figuresIn(info)]).toEqual([
      ['used_memory', 1_024],
      ['mem_fragmentation_ratio', 1.5],
    ]);
  });

  it('returns nothing for an empty answer', () => {
    expect(figuresIn('').size).toBe(0);
  });
});
