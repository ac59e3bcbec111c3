import { createServer } from 'node:http';
import { HttpAdapterHost } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Drain } from './drain.service.js';

function givenDrain(drainTimeoutMs?: number) {
  const server = createServer();
  const closeAll = vi.spyOn(server, 'closeAllConnections').mockReturnValue();
  const adapter = new FastifyAdapter();
  vi.spyOn(adapter, 'getHttpServer').mockReturnValue(server);
  const host = new HttpAdapterHost();
  host.httpAdapter = adapter;
  const database = { schemaReady: true, ping: () => Promise.resolve() };
  const drain = new Drain(host, {
    database,
    cacheRequired: false,
    drainDelayMs: 60_000,
    ...(drainTimeoutMs !== undefined && { drainTimeoutMs }),
  });
  return { drain, closeAll };
}

describe(Drain, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it.each([
    [undefined, 20_000],
    [300, 300],
  ])('aborts requests after a drainTimeoutMs of %s at %i ms, and warns', async (drainTimeoutMs, timeoutMs) => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { drain, closeAll } = givenDrain(drainTimeoutMs);
    await drain.beforeApplicationShutdown();
    vi.advanceTimersByTime(timeoutMs - 1);
    expect(closeAll).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(closeAll).toHaveBeenCalledOnce();
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`still in flight after ${timeoutMs} ms`)]]);
    drain.onApplicationShutdown();
  });

  it('leaves no timer after the shutdown', async () => {
    const { drain } = givenDrain();
    await drain.beforeApplicationShutdown();
    drain.onApplicationShutdown();
    expect(vi.getTimerCount()).toBe(0);
  });
});
