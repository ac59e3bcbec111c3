import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fakeClient } from '../../test/fake-client.js';
import type { RedisClient } from '../connection/driver.js';
import type { ServerAddress } from '../redis-options.js';
import { SentinelResolver } from './sentinel-resolver.js';

const POLL_MS = 250;
const VOTE_MS = 1_000;
const OLD = 1;
const YOUNG = 2;

/** A Sentinel that is connected at once, and what it says. */
class FakeSentinel {
  port = OLD;
  epoch = 1;
  silent = false;
  /** What its answers wait for. */
  gate: Promise<void> | undefined;
  error: Error | undefined;
  announce: () => void = () => {};

  connect(): RedisClient {
    return fakeClient({
      subscribe: async (_channel: string, listener: () => void) => {
        this.announce = listener;
      },
      sendCommand: (words: readonly string[]) => this.#reply(words[1] ?? ''),
    });
  }

  async #reply(question: string): Promise<unknown> {
    if (this.silent) return new Promise(() => {});
    await this.gate;
    if (this.error) throw this.error;
    return question === 'MASTER' ? { 'config-epoch': String(this.epoch) } : ['redis', String(this.port)];
  }
}

describe(SentinelResolver.name, () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function givenResolver(...states: readonly Partial<FakeSentinel>[]) {
    const [first, second, third] = [0, 1, 2].map((index) => Object.assign(new FakeSentinel(), states[index]));
    if (!first || !second || !third) throw new Error('There are three.');
    const all = [first, second, third];
    const sentinels = all.map((_, port) => ({ host: 'sentinel', port }));
    const connect = ({ port }: ServerAddress) => (all[port] ?? first).connect();
    const resolver = new SentinelResolver({ mode: 'sentinel', master: 'm', sentinels }, connect);
    resolver.watch(() => {});
    await vi.advanceTimersByTimeAsync(0);
    return { resolver, first, second, third };
  }

  it('finds the master that a majority of the Sentinels names', async () => {
    const { resolver } = await givenResolver({ silent: true });
    expect(resolver.master).toEqual({ host: 'redis', port: OLD });
  });

  it('finds no master without a majority, and reports a failure once the others are none', async () => {
    const { resolver, second } = await givenResolver(
      { silent: true },
      { silent: true },
      { error: new Error('WRONGPASS no') },
    );
    expect([resolver.master, resolver.problem]).toEqual([undefined, undefined]);
    second.silent = false;
    second.error = new Error('NOAUTH no');
    await vi.advanceTimersByTimeAsync(VOTE_MS + POLL_MS);
    expect([resolver.master, resolver.problem]).toEqual([undefined, 'SENTINEL_WRONGPASS']);
  });

  it('has no master as soon as one of the two Sentinels that name it fails', async () => {
    const { resolver, second } = await givenResolver({}, {}, { silent: true });
    expect(resolver.master?.port).toBe(OLD);
    second.error = new Error('NOAUTH no');
    second.announce();
    await vi.advanceTimersByTimeAsync(50);
    expect([resolver.master, resolver.problem]).toEqual([undefined, 'SENTINEL_NOAUTH']);
  });

  it('prefers the highest epoch, also against a majority', async () => {
    const { resolver } = await givenResolver({}, { port: YOUNG, epoch: 2 });
    expect(resolver.master?.port).toBe(YOUNG);
  });

  it('prefers the Sentinel that was asked last, of several with one epoch', async () => {
    const { resolver, third } = await givenResolver({ silent: true });
    third.port = YOUNG;
    await vi.advanceTimersByTimeAsync(10);
    third.announce();
    await vi.advanceTimersByTimeAsync(50);
    expect(resolver.master?.port).toBe(YOUNG);
  });

  it('asks a Sentinel that announces another master, within 50 ms', async () => {
    const { resolver, third } = await givenResolver();
    third.port = YOUNG;
    third.epoch = 2;
    third.announce();
    await vi.advanceTimersByTimeAsync(50);
    expect(resolver.master?.port).toBe(YOUNG);
  });

  it('counts a vote for one second from its question, and has no master after that', async () => {
    const { resolver, first, second } = await givenResolver({}, {}, { silent: true });
    await vi.advanceTimersByTimeAsync(POLL_MS);
    first.silent = true;
    second.silent = true;
    await vi.advanceTimersByTimeAsync(VOTE_MS - 1);
    expect(resolver.master?.port).toBe(OLD);
    await vi.advanceTimersByTimeAsync(1);
    expect([resolver.master, resolver.problem]).toEqual([undefined, expect.stringMatching(/^SENTINEL_.*TIMEOUT$/)]);
  });

  it('does not count a vote that arrives later than that, after a pause of the event loop', async () => {
    const gate = Promise.withResolvers<void>();
    const waiting = { gate: gate.promise };
    const { resolver } = await givenResolver(waiting, waiting, { silent: true });
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + VOTE_MS);
    onTestFinished(() => void vi.restoreAllMocks());
    const onChange = vi.fn<() => void>();
    resolver.watch(onChange);
    gate.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([onChange.mock.calls.length, resolver.problem]).toEqual([1, 'SENTINEL_TIMEOUT']);
  });
});
