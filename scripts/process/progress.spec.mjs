import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withProgress } from './progress.mjs';

function givenStream(isTTY) {
  const written = [];
  return { isTTY, written, write: (text) => written.push(text) };
}

describe(withProgress, () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('writes a line at the start and one per second until the work is done', async () => {
    const stream = givenStream(false);
    const { promise, resolve } = Promise.withResolvers();
    let packages = 0;
    const work = withProgress('Installing', promise, { stream, detail: () => `${packages} of 9 packages` });
    packages = 4;
    await vi.advanceTimersByTimeAsync(2_500);
    resolve('done');
    await expect(work).resolves.toBe('done');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stream.written).toEqual([
      'Installing … 0 s, 0 of 9 packages\n',
      'Installing … 1 s, 4 of 9 packages\n',
      'Installing … 2 s, 4 of 9 packages\n',
    ]);
  });

  it('changes one line on a terminal, and ends it', async () => {
    const stream = givenStream(true);
    const { promise, resolve } = Promise.withResolvers();
    const work = withProgress('Building', promise, { stream });
    await vi.advanceTimersByTimeAsync(1_000);
    resolve();
    await work;
    expect(stream.written.join('')).toBe('\r\u001B[KBuilding … 0 s\r\u001B[KBuilding … 1 s\r\u001B[KBuilding … 1 s\n');
  });

  it('rejects with the error of the work, and writes nothing afterwards', async () => {
    const stream = givenStream(false);
    const fault = new Error('no space');
    await expect(withProgress('Building', Promise.reject(fault), { stream })).rejects.toBe(fault);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(stream.written).toEqual(['Building … 0 s\n']);
  });
});
