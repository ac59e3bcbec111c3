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

  it('has the result of the first ping once the application has started', async () => {
    const { monitor } = givenDatabase();
    expect(monitor.up).toBe(false);
    await monitor.onApplicationBootstrap();
    expect(monitor).toMatchObject({ up: true, everUp: true });
    monitor.onApplicationShutdown();
  });

  it('does not keep the process alive between two pings', async () => {
    const setInterval = vi.spyOn(globalThis, 'setInterval');
    const { monitor } = givenDatabase();
    await monitor.onApplicationBootstrap();
    expect(setInterval.mock.results.map(({ value }) => value.hasRef())).toEqual([false]);
    expect(vi.getTimerCount()).toBe(1);
    monitor.onApplicationShutdown();
    setInterval.mockRestore();
  });

  it('pings once a second until the shutdown', async () => {
    const { ping, monitor } = givenDatabase();
    await monitor.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ping).toHaveBeenCalledTimes(4);
    monitor.onApplicationShutdown();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ping).toHaveBeenCalledTimes(4);
  });

  it('reports the database as down after a failed ping, and as up after the next answer', async () => {
    const { ping, monitor } = givenDatabase();
    await monitor.onApplicationBootstrap();
    ping.mockRejectedValueOnce(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(monitor).toMatchObject({ up: false, everUp: true, lastError: 'ECONNREFUSED' });
    ping.mockRejectedValueOnce(new Error('Connection terminated'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(monitor).toMatchObject({ up: false, lastError: 'Connection terminated' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(monitor).toMatchObject({ up: true, lastError: undefined });
    monitor.onApplicationShutdown();
  });

  it('reports a database that does not answer as down after 500 ms, and does not ping again before the answer', async () => {
    const { ping, monitor } = givenDatabase();
    await monitor.onApplicationBootstrap();
    const hanging = Promise.withResolvers<void>();
    ping.mockReturnValueOnce(hanging.promise);
    await vi.advanceTimersByTimeAsync(1_499);
    expect(monitor.up).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(monitor).toMatchObject({ up: false, lastError: 'TIMEOUT' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ping).toHaveBeenCalledTimes(2);
    hanging.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ping).toHaveBeenCalledTimes(3);
    expect(monitor.up).toBe(true);
    monitor.onApplicationShutdown();
  });

  it('delays the boot by at most 500 ms when the database does not answer', async () => {
    const { ping, monitor } = givenDatabase();
    ping.mockReturnValue(new Promise(() => {}));
    const boot = monitor.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(500);
    await boot;
    expect(monitor).toMatchObject({ up: false, everUp: false });
    monitor.onApplicationShutdown();
  });
});
