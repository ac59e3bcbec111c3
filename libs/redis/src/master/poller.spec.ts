import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeClient } from '../../test/fake-client.js';
import { Poller } from './poller.js';

const POLL_MS = 250;
const SPACING_MS = 50;
const ANSWER_MS = 100;

describe(Poller.name, () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function givenPoller(question: () => Promise<string>) {
    const connect = vi.fn(() => fakeClient({}));
    const asked = vi.fn(question);
    const [onAnswer, onFailure] = [vi.fn<(answer: string) => void>(), vi.fn<(code: string) => void>()];
    const poller = new Poller({ connect, question: asked, answerMs: ANSWER_MS, onAnswer, onFailure });
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    return { poller, connect, asked, onAnswer, onFailure };
  }

  it('asks once it is connected, four times a second, and once 50 ms after askSoon', async () => {
    const { poller, asked, onAnswer } = await givenPoller(async () => 'yes');
    expect([asked.mock.calls.length, onAnswer.mock.calls]).toEqual([1, [['yes']]]);
    await vi.advanceTimersByTimeAsync(4 * POLL_MS);
    expect(asked).toHaveBeenCalledTimes(5);
    poller.askSoon();
    poller.askSoon();
    await vi.advanceTimersByTimeAsync(SPACING_MS - 1);
    expect(asked).toHaveBeenCalledTimes(5);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveBeenCalledTimes(6);
    poller.askSoon();
    poller.stop();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(asked).toHaveBeenCalledTimes(6);
  });

  it('connects again when the server does not answer in time, and ignores its late answer', async () => {
    const late = Promise.withResolvers<string>();
    const { connect, asked, onAnswer, onFailure } = await givenPoller(() => late.promise);
    asked.mockResolvedValue('from the next connection');
    await vi.advanceTimersByTimeAsync(2 * ANSWER_MS);
    expect([connect.mock.calls.length, onFailure.mock.calls]).toEqual([2, [['REDIS_TIMEOUT']]]);
    late.resolve('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(onAnswer.mock.calls).toEqual([['from the next connection']]);
  });

  it('keeps its connection after an error reply, unless moveOn is called', async () => {
    const { poller, connect, asked, onFailure } = await givenPoller(() => Promise.reject(new Error('NOPERM no')));
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([connect.mock.calls.length, onFailure.mock.calls]).toEqual([1, [['NOPERM'], ['NOPERM']]]);
    poller.moveOn();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(connect).toHaveBeenCalledTimes(2);
    poller.moveOn();
    asked.mockResolvedValue('yes');
    poller.askSoon();
    await vi.advanceTimersByTimeAsync(SPACING_MS);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(connect).toHaveBeenCalledTimes(2);
  });
});
