import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { abortable } from './abortable.js';

describe(abortable.name, () => {
  it('returns the result of the work, and leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const working = Promise.withResolvers<number>();
    const result = abortable(() => working.promise, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    working.resolve(1);
    expect(await result).toBe(1);
    await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toHaveLength(0));
  });

  it('rejects with the error of the work, and leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const origin = new Error('origin');
    await expect(abortable(() => Promise.reject(origin), signal)).rejects.toBe(origin);
    await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toHaveLength(0));
  });

  it('does not begin the work once the signal has fired', async () => {
    const [gone, work] = [new Error('gone'), vi.fn(async () => 1)];
    await expect(abortable(work, AbortSignal.abort(gone))).rejects.toBe(gone);
    expect(work).not.toHaveBeenCalled();
  });

  it('rejects with the reason of the signal while the work continues', async () => {
    const [gone, leaving] = [new Error('gone'), new AbortController()];
    const working = Promise.withResolvers<number>();
    const result = abortable(() => working.promise, leaving.signal);
    leaving.abort(gone);
    await expect(result).rejects.toBe(gone);
    working.resolve(1);
  });
});
