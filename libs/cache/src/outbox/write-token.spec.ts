import { describe, expect, it } from 'vitest';
import { givenFleet } from '../testing/fleet.js';
import { passWriteToken, writeToken } from './write-token.js';

const NONE = "set_config('nuthatch.token', '', true)";

describe(writeToken, () => {
  it('is the token of the intents of the write around it, the same for each record', async () => {
    const { server, instance } = givenFleet<number>();
    const { cache } = instance();
    await cache.writeInvalidate(
      'a',
      async () => {
        expect(writeToken()).toMatch(/^[0-9a-z-]+$/);
        expect(server.text('n:c:test:sa')).toContain(`:${writeToken()}`);
        expect(server.text('n:t:slist')).toContain(`:${writeToken()}`);
        expect(passWriteToken()).toBe(`set_config('nuthatch.token', '${writeToken()}', true)`);
      },
      { tags: ['list'] },
    );
  });

  it('is absent outside of a write, and in a load', async () => {
    const { cache } = givenFleet<number>().instance();
    expect([writeToken(), passWriteToken()]).toEqual([undefined, NONE]);
    await cache.readThrough('a', async () => {
      expect(writeToken()).toBeUndefined();
      return 1;
    });
  });

  it('reports the names that its write has invalidated, if the write has taken it', async () => {
    const { cache, runtime } = givenFleet<number>().instance();
    let token = '';
    await cache.writeInvalidate('a', async () => {
      token = writeToken() ?? '';
    });
    const { progress, ownWrites } = runtime.outbox;
    expect(ownWrites.names(token)).toEqual(['n:c:test:sa']);
    expect(await progress.appliedNames([token, 'unknown'])).toEqual([['n:c:test:sa'], []]);
  });

  it('reports nothing for a write that failed, or that is pending', async () => {
    const { cache, store, runtime } = givenFleet<number>().instance();
    const tokens: string[] = [];
    const take = async (): Promise<void> => void tokens.push(writeToken() ?? '');
    await cache
      .writeInvalidate('a', async () => {
        await take();
        throw new Error('unknown outcome');
      })
      .catch(() => {});
    await cache.writeInvalidate('a', async () => {
      await take();
      store.disconnect();
    });
    expect(tokens).toHaveLength(2);
    expect(await runtime.outbox.progress.appliedNames(tokens)).toEqual([[], []]);
  });
});
