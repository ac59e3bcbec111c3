import type { RedisClient } from '@nuthatch/redis';
import { describe, expect, it, vi } from 'vitest';
import { fill, invalidate, lookup } from '../scripts.generated.js';
import { StepBatches } from './step-batches.js';

const args = { channel: 'c' };
const at = (recordKey: string, shared = false) => ({ recordKey, args, shared });

/** Creates batches over a driver whose replies the test decides. */
function given(reply: (words: readonly string[]) => unknown) {
  const sendCommand = vi.fn(async (words: readonly string[]) => reply(words));
  const run = vi.fn((operation: (client: RedisClient) => Promise<unknown>) =>
    operation({ sendCommand } as unknown as RedisClient),
  );
  const batches = new StepBatches({ run } as unknown as ConstructorParameters<typeof StepBatches>[0]);
  const sent = () => sendCommand.mock.calls.map(([words]) => words);
  /** The keys of each call, in order. */
  const keys = () => sent().map((words) => words.slice(3, 3 + Number(words[2])));
  return { batches, run, sent, keys };
}

/** Replies to each step with its key. */
const echo = (words: readonly string[]): unknown => words.slice(3, 3 + Number(words[2]));

describe(StepBatches.name, () => {
  it('takes all steps of one turn in one call, in their order, and gives each group its replies', async () => {
    const { batches, keys } = given(echo);
    const taking = [['a', 'b'], ['c'], []].map((names) =>
      batches.take(
        'read',
        invalidate,
        names.map((name) => at(name)),
      ),
    );
    expect(await Promise.all(taking)).toEqual([['a', 'b'], ['c'], []]);
    expect(keys()).toEqual([['a', 'b', 'c']]);
    await batches.take('read', invalidate, [at('d')]);
    expect(keys()).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('gives each step its own arguments', async () => {
    const { batches, sent } = given(echo);
    const step = (recordKey: string, value: string) => ({
      recordKey,
      args: { expectedPrefix: 'L|', value, expiryMs: 5 },
    });
    await Promise.all([batches.take('fill', fill, [step('a', '1')]), batches.take('fill', fill, [step('b', '2')])]);
    expect(sent()).toEqual([['EVALSHA', fill.sha1, '2', 'a', 'b', 'L|', '1', '5', 'L|', '2', '5']]);
  });

  it('gives a group both replies of each step of a script with two', async () => {
    const { batches } = given(() => ['a', 1, 'b', 2, 'c', 3]);
    const lookups = { lastByte: 1, token: '', leaseMs: 0, replaces: '' };
    const step = (recordKey: string) => ({ recordKey, args: lookups });
    const taking = [['a', 'b'], ['c']].map((names) => batches.take('read', lookup, names.map(step)));
    expect(await Promise.all(taking)).toEqual([
      ['a', 1, 'b', 2],
      ['c', 3],
    ]);
  });

  it('sends arguments that all steps have in common once', async () => {
    const { batches, sent } = given(echo);
    await Promise.all(['a', 'b'].map((name) => batches.take('write', invalidate, [at(name)])));
    expect(sent()).toEqual([['EVALSHA', invalidate.sha1, '2', 'a', 'b', 'c']]);
  });

  it('takes a shared step once for all groups', async () => {
    const { batches, keys } = given(echo);
    const taking = ['a', 'b'].map((name) => batches.take('read', invalidate, [at(name), at('tag', true)]));
    expect(await Promise.all(taking)).toEqual([
      ['a', 'tag'],
      ['b', 'tag'],
    ]);
    expect(keys()).toEqual([['a', 'tag', 'b']]);
  });

  it('takes the steps of one record in the order in which they were asked for', async () => {
    const { batches, keys } = given(echo);
    const order = [
      ['read', 'a'],
      ['write', 'b'],
      ['read', 'c'],
      ['read', 'b'],
      ['read', 'd'],
    ] as const;
    await Promise.all(order.map(([kind, name]) => batches.take(kind, invalidate, [at(name)])));
    expect(keys()).toEqual([['a', 'c'], ['b'], ['b', 'd']]);
  });

  it('separates kinds, and starts another call after 100 steps', async () => {
    const { batches, keys } = given(echo);
    const many = Array.from({ length: 101 }, (_, index) => batches.take('read', invalidate, [at(`${index}`)]));
    await Promise.all([...many, batches.take('other', invalidate, [at('other')])]);
    expect(keys().map(({ length }) => length)).toEqual([100, 1, 1]);
    // A group stays together, however many steps it has.
    await batches.take(
      'read',
      invalidate,
      Array.from({ length: 250 }, (_, index) => at(`${index}`)),
    );
    expect(keys().at(-1)).toHaveLength(250);
  });

  it('rejects the group of a step that failed, and no other, and lets the connection know', async () => {
    const wrongType = new Error('WRONGTYPE');
    const { batches, run } = given(() => ['a', wrongType]);
    const [a, b] = [batches.take('read', invalidate, [at('a')]), batches.take('read', invalidate, [at('b')])];
    await expect(b).rejects.toBe(wrongType);
    expect(await a).toEqual(['a']);
    await expect(run.mock.results[0]?.value).rejects.toBe(wrongType);
  });

  it('sends the text of a script that the server does not know', async () => {
    const { batches, sent } = given((words) => {
      if (words[0] === 'EVALSHA') throw new Error('NOSCRIPT No matching script.');
      return echo(words);
    });
    expect(await batches.take('read', invalidate, [at('a')])).toEqual(['a']);
    expect(sent()[1]).toEqual(['EVAL', invalidate.text, '1', 'a', 'c']);
  });

  it('rejects all groups with the error of the call', async () => {
    const { batches } = given(() => {
      throw new Error('closed');
    });
    const [a, b] = [batches.take('read', invalidate, [at('a')]), batches.take('read', invalidate, [at('b')])];
    await expect(a).rejects.toThrow('closed');
    await expect(b).rejects.toThrow('closed');
  });

  it('hands over the replies that arrive after a group was rejected', async () => {
    const reply = Promise.withResolvers<unknown>();
    const { batches, run } = given(() => reply.promise);
    run.mockImplementation((operation) => {
      const client = { sendCommand: () => reply.promise } as unknown as RedisClient;
      void operation(client);
      return Promise.reject(new Error('timeout'));
    });
    const late = vi.fn();
    await expect(batches.take('read', invalidate, [at('a')], { late })).rejects.toThrow('timeout');
    expect(late).not.toHaveBeenCalled();
    reply.resolve([1]);
    await vi.waitFor(() => expect(late).toHaveBeenCalledExactlyOnceWith([1]));
  });

  it('rejects, and hands over the replies, if the proof that follows the steps fails', async () => {
    const { batches } = given(echo);
    const late = vi.fn();
    const proof = () => Promise.reject(new Error('READONLY'));
    await expect(batches.take('read', invalidate, [at('a')], { proof, late })).rejects.toThrow('READONLY');
    expect(late).toHaveBeenCalledExactlyOnceWith(['a']);
  });
});
