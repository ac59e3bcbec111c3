import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exitOnNextSignal } from './second-signal.js';

describe(exitOnNextSignal, () => {
  let now = 0;
  const listeners = new Map<string | symbol, () => void>();

  beforeEach(() => {
    now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    vi.spyOn(process, 'on').mockImplementation((event: string | symbol, listener: () => void) => {
      listeners.set(event, listener);
      return process;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    listeners.clear();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('exits on a second %s with %i, but not within 100 ms of the first', (signal, code) => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    exitOnNextSignal();
    now = 100;
    listeners.get(signal)?.();
    expect(exit).not.toHaveBeenCalled();
    now = 101;
    listeners.get(signal)?.();
    expect(exit.mock.calls).toEqual([[code]]);
  });
});
