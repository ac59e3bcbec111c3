import type { RedisClient } from '@nuthatch/redis';
import { describe, expect, it, vi } from 'vitest';
import { fill, invalidate, lookup } from '../scripts.generated.js';
import { firstErrorOf, StepBatches } from './step-batches.js';

const args = { channel: 'c' };
const at = (recordKey: string, shared = false) => ({ recordKey, args, shared });

/** Creates batches over a driver whose replies the test decides. */
function given(reply: (words: readonly string[]) => unknown) {
  const sendCommand = vi.fn(async (words: readonly string[]) => reply(words));
  const run = vi.fn((operation: (client: RedisClient) => Promise<unknown>) =>
    operation({ sendCommand } as unknown as RedisClient),
  );
  const batches = new StepBatches({ run } as unknown as ConstructorParameters<typeof StepBatches>[0]);
  /** Takes a group of steps. Resolves to their replies, and rejects when one of them fails. */
  const take = async (...group: Parameters<StepBatches['add']>): Promise<readonly unknown[]> => {
    const added = batches.add(...group);
    await added.batch.answered;
    const failure = firstErrorOf(added.replies());
    if (failure) throw failure;
    return added.replies();
  };
  const sent = () => sendCommand.mock.calls.map(([words]) => words);
  /** The keys of each call, in order. */
  const keys = () => sent().map((words) => words.slice(3, 3 + Number(words[2])));
  return { batches, take, run, sent, keys };
}

/** Replies to each step with its key. */
const echo = (words: readonly string[]): unknown => words.slice(3, 3 + Number(words[2]));

describe(StepBatches.name, () => {
  it('takes all steps of one turn in one call, in their order, and gives each group its replies', async () => {
    const { take, keys } = given(echo);
    const taking = [['a', 'b'], ['c'], []].map((names) =>
      take(
        'read',
        invalidate,
        names.map((name) => at(name)),
      ),
    );
    expect(await Promise.all(taking)).toEqual([['a', 'b'], ['c'], []]);
    expect(keys()).toEqual([['a', 'b', 'c']]);
    await take('read', invalidate, [at('d')]);
    expect(keys()).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('takes a single step, resolves to its reply and rejects with its error', async () => {
    const wrongType = new Error('WRONGTYPE');
    const { batches, keys } = given(() => ['a', wrongType]);
    const [a, b] = [batches.take(invalidate, 'a', args), batches.take(invalidate, 'b', args)];
    await expect(b).rejects.toBe(wrongType);
    expect(await a).toBe('a');
    expect(keys()).toEqual([['a', 'b']]);
  });

  it('gives each step its own arguments', async () => {
    const { take, sent } = given(echo);
    const step = (recordKey: string, value: string) => ({
      recordKey,
      args: { expectedPrefix: 'L|', value, expiryMs: 5 },
    });
    await Promise.all([take('fill', fill, [step('a', '1')]), take('fill', fill, [step('b', '2')])]);
    expect(sent()).toEqual([['EVALSHA', fill.sha1, '2', 'a', 'b', 'L|', '1', '5', 'L|', '2', '5']]);
  });

  it('gives a group both replies of each step of a script with two', async () => {
    const { take } = given(() => ['a', 1, 'b', 2, 'c', 3]);
    const lookups = { lastByte: 1, token: '', leaseMs: 0, replaces: '' };
    const step = (recordKey: string) => ({ recordKey, args: lookups });
    const taking = [['a', 'b'], ['c']].map((names) => take('read', lookup, names.map(step)));
    expect(await Promise.all(taking)).toEqual([
      ['a', 1, 'b', 2],
      ['c', 3],
    ]);
  });

  it('sends arguments that all steps have in common once', async () => {
    const { take, sent } = given(echo);
    const step = (recordKey: string) => ({ recordKey, args: { ...args } });
    await Promise.all(['a', 'b'].map((name) => take('write', invalidate, [step(name)])));
    expect(sent()).toEqual([['EVALSHA', invalidate.sha1, '2', 'a', 'b', 'c']]);
  });

  it('takes a shared step once for all groups', async () => {
    const { take, keys } = given(echo);
    const taking = ['a', 'b'].map((name) => take('read', invalidate, [at(name), at('tag', true)]));
    expect(await Promise.all(taking)).toEqual([
      ['a', 'tag'],
      ['b', 'tag'],
    ]);
    expect(keys()).toEqual([['a', 'tag', 'b']]);
  });

  it('takes the steps of one record in the order in which they were asked for', async () => {
    const { take, keys } = given(echo);
    const order = [
      ['read', 'a'],
      ['write', 'b'],
      ['read', 'c'],
      ['read', 'b'],
      ['read', 'd'],
    ] as const;
    await Promise.all(order.map(([kind, name]) => take(kind, invalidate, [at(name)])));
    expect(keys()).toEqual([['a', 'c'], ['b'], ['b', 'd']]);
  });

  it('separates kinds, and starts another call after 100 steps', async () => {
    const { take, keys } = given(echo);
    const many = Array.from({ length: 101 }, (_, index) => take('read', invalidate, [at(`${index}`)]));
    await Promise.all([...many, take('other', invalidate, [at('other')])]);
    expect(keys().map(({ length }) => length)).toEqual([100, 1, 1]);
    // A group stays together, however many steps it has.
    await take(
      'read',
      invalidate,
      Array.from({ length: 250 }, (_, index) => at(`${index}`)),
    );
    expect(keys().at(-1)).toHaveLength(250);
  });

  it('rejects the group of a step that failed, and no other, and lets the connection know', async () => {
    const wrongType = new Error('WRONGTYPE');
    const { take, run } = given(() => ['a', wrongType]);
    const [a, b] = [take('read', invalidate, [at('a')]), take('read', invalidate, [at('b')])];
    await expect(b).rejects.toBe(wrongType);
    expect(await a).toEqual(['a']);
    await expect(run.mock.results[0]?.value).rejects.toBe(wrongType);
  });

  it('sends the text of a script that the server does not know', async () => {
    const { take, sent } = given((words) => {
      if (words[0] === 'EVALSHA') throw new Error('NOSCRIPT No matching script.');
      return echo(words);
    });
    expect(await take('read', invalidate, [at('a')])).toEqual(['a']);
    expect(sent()[1]).toEqual(['EVAL', invalidate.text, '1', 'a', 'c']);
  });

  it('rejects all groups with the error of the call', async () => {
    const { take } = given(() => {
      throw new Error('closed');
    });
    const [a, b] = [take('read', invalidate, [at('a')]), take('read', invalidate, [at('b')])];
    await expect(a).rejects.toThrow('closed');
    await expect(b).rejects.toThrow('closed');
  });

  it('hands over the replies that arrive after a group was rejected', async () => {
    const reply = Promise.withResolvers<unknown>();
    const { take, run } = given(() => reply.promise);
    run.mockImplementation((operation) => {
      const client = { sendCommand: () => reply.promise } as unknown as RedisClient;
      void operation(client);
      return Promise.reject(new Error('timeout'));
    });
    const late = vi.fn();
    await expect(take('read', invalidate, [at('a')], { late })).rejects.toThrow('timeout');
    expect(late).not.toHaveBeenCalled();
    reply.resolve([1]);
    await vi.waitFor(() => expect(late).toHaveBeenCalledExactlyOnceWith([1]));
  });

  it('rejects, and hands over the replies, if the proof that follows the steps fails', async () => {
    const { take } = given(echo);
    const late = vi.fn();
    const proof = () => Promise.reject(new Error('READONLY'));
    await expect(take('read', invalidate, [at('a')], { proof, late })).rejects.toThrow('READONLY');
    expect(late).toHaveBeenCalledExactlyOnceWith(['a']);
  });
});
