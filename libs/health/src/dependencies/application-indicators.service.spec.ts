import { ModuleRef } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApplicationIndicators } from './application-indicators.service.js';
import type { HealthIndicator, IndicatorOptions } from './indicator-options.js';

const isHealthy = vi.fn<(key: string) => HealthIndicatorResult | Promise<HealthIndicatorResult>>();

class QueueIndicator implements HealthIndicator {
  isHealthy(key: string) {
    return isHealthy(key);
  }
}

async function givenIndicator(options: Omit<IndicatorOptions, 'use'> = {}) {
  const module = await Test.createTestingModule({ providers: [QueueIndicator] }).compile();
  return new ApplicationIndicators({ queue: { use: QueueIndicator, ...options } }, module.get(ModuleRef));
}

describe(ApplicationIndicators, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    isHealthy.mockReset();
    vi.useRealTimers();
  });

  it('reports an indicator as down before its first check', async () => {
    expect((await givenIndicator()).all()).toEqual({ queue: { status: 'down', message: 'NOT_CHECKED' } });
  });

  it('checks at boot and then every 5 s, not once per report', async () => {
    isHealthy.mockReturnValue({ queue: { status: 'up', length: 3 } });
    const indicators = await givenIndicator();
    await indicators.onApplicationBootstrap();
    for (let report = 0; report < 10; report += 1) {
      expect(indicators.all()).toEqual({ queue: { status: 'up', length: 3 } });
    }
    expect(isHealthy.mock.calls).toEqual([['queue']]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(isHealthy).toHaveBeenCalledTimes(3);
    indicators.onApplicationShutdown();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(isHealthy).toHaveBeenCalledTimes(3);
  });

  it.each([
    ['throws', () => isHealthy.mockImplementation(() => fail()), 'no connection'],
    ['rejects', () => isHealthy.mockRejectedValue(new Error('no connection')), 'no connection'],
    [
      'rejects with a code',
      () => isHealthy.mockRejectedValue(Object.assign(new Error(), { code: 'ENOENT' })),
      'ENOENT',
    ],
    [
      'returns another key',
      () => isHealthy.mockReturnValue({ jobs: { status: 'up' } }),
      'The indicator returned nothing under "queue". Use the key that it receives.',
    ],
  ])('reports an indicator that %s as down until its next success', async (_what, fails, message) => {
    const indicators = await givenIndicator({ everyMs: 100 });
    fails();
    await indicators.onApplicationBootstrap();
    expect(indicators.all()).toEqual({ queue: { status: 'down', message } });
    isHealthy.mockReset().mockReturnValue({ queue: { status: 'up' } });
    await vi.advanceTimersByTimeAsync(100);
    expect(indicators.all()).toEqual({ queue: { status: 'up' } });
    fails();
    await vi.advanceTimersByTimeAsync(100);
    expect(indicators.all()).toEqual({ queue: { status: 'down', message } });
    indicators.onApplicationShutdown();
  });

  it('reports an indicator that does not answer as down after 1 s, and delays the boot no longer', async () => {
    isHealthy.mockReturnValue(new Promise(() => {}));
    const indicators = await givenIndicator();
    const boot = indicators.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(1_000);
    await boot;
    expect(indicators.all()).toEqual({ queue: { status: 'down', message: 'TIMEOUT' } });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(isHealthy).toHaveBeenCalledOnce();
    indicators.onApplicationShutdown();
  });

  it('lets an indicator decide about requests only with ready: true', async () => {
    isHealthy.mockReturnValue({ queue: { status: 'up' } });
    for (const ready of [true, false]) {
      const indicators = await givenIndicator({ ready });
      await indicators.onApplicationBootstrap();
      expect(indicators.decisive()).toEqual(ready ? { queue: { status: 'up' } } : {});
      indicators.onApplicationShutdown();
    }
  });
});

function fail(): never {
  throw new Error('no connection');
}
