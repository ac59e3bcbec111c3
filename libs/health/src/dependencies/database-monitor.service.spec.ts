import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseMonitor } from './database-monitor.service.js';

function givenDatabase() {
  const ping = vi.fn<() => Promise<void>>().mockResolvedValue();
  const monitor = new DatabaseMonitor({ database: { schemaReady: true, ping }, cacheRequired: false, drainDelayMs: 0 });
  return { ping, monitor };
}

describe(DatabaseMonitor, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('knows the first answer when the application has started', async () => {
    const { monitor } = givenDatabase();
    expect(monitor.up).toBe(false);
    await monitor.onApplicationBootstrap();
    expect(monitor).toMatchObject({ up: true, everUp: true });
    monitor.onApplicationShutdown();
  });

  it('asks once a second, and no more after the shutdown', async () => {
    const { ping, monitor } = givenDatabase();
    await monitor.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ping).toHaveBeenCalledTimes(4);
    monitor.onApplicationShutdown();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ping).toHaveBeenCalledTimes(4);
  });

  it('notices that the database went away and that it came back', async () => {
    const { ping, monitor } = givenDatabase();
    await monitor.onApplicationBootstrap();
    ping.mockRejectedValueOnce(new Error('connection refused'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(monitor).toMatchObject({ up: false, everUp: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(monitor.up).toBe(true);
    monitor.onApplicationShutdown();
  });

  it('counts a database that does not answer as away after half a second, and asks again only once it has answered', async () => {
    const { ping, monitor } = givenDatabase();
    await monitor.onApplicationBootstrap();
    const hanging = Promise.withResolvers<void>();
    ping.mockReturnValueOnce(hanging.promise);
    await vi.advanceTimersByTimeAsync(1_499);
    expect(monitor.up).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(monitor.up).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ping).toHaveBeenCalledTimes(2);
    hanging.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ping).toHaveBeenCalledTimes(3);
    expect(monitor.up).toBe(true);
    monitor.onApplicationShutdown();
  });

  it('does not make the boot wait for a database that does not answer', async () => {
    const { ping, monitor } = givenDatabase();
    ping.mockReturnValue(new Promise(() => {}));
    const boot = monitor.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(500);
    await boot;
    expect(monitor).toMatchObject({ up: false, everUp: false });
    monitor.onApplicationShutdown();
  });
});
