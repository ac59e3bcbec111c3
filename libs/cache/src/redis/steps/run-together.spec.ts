import type { RedisClient } from '@nuthatch/redis';
import { describe, expect, it } from 'vitest';
import { lookup } from '../scripts.generated.js';
import { runTogether } from './run-together.js';

const args = { lastByte: 1, token: '', leaseMs: 0, replaces: '' };
const steps = ['a', 'b', 'c'].map((recordKey) => ({ recordKey, args }));

/** A client that replies to a lookup with the names of its records, and to some of them with an error. */
function givenClient(together: Readonly<Record<string, Error>>, alone: Readonly<Record<string, Error>> = {}) {
  const sent: string[][] = [];
  const sendCommand = async (words: readonly string[]): Promise<unknown> => {
    const keys = Number(words[2]);
    const names = keys > 0 ? words.slice(3, 3 + keys) : words.slice(4, 4 + Number(words[3]));
    sent.push([keys > 0 ? 'as keys' : 'as arguments', ...names]);
    const failure = keys > 0 ? alone[names[0] ?? ''] : undefined;
    if (failure) throw failure;
    return names.flatMap((name) => [(keys > 0 ? undefined : together[name]) ?? name, 1]);
  };
  return { client: { sendCommand } as unknown as RedisClient, sent };
}

const moving = new Error('ERR Script attempted to access a non local key in a cluster node');

describe('a script on all records of a master', () => {
  it('is one call, with the names of the records as arguments', async () => {
    const { client, sent } = givenClient({});
    expect(await runTogether(client, lookup, steps)).toEqual(['a', 1, 'b', 1, 'c', 1]);
    expect(sent).toEqual([['as arguments', 'a', 'b', 'c']]);
  });

  it('has a single record as key', async () => {
    const { client, sent } = givenClient({});
    expect(await runTogether(client, lookup, steps.slice(1, 2))).toEqual(['b', 1]);
    expect(sent).toEqual([['as keys', 'b']]);
  });

  it('is run again on each record that moves, alone, whose reply names the other node', async () => {
    const ask = new Error('ASK 1 127.0.0.1:2');
    const { client, sent } = givenClient({ a: moving, b: moving }, { b: ask });
    expect(await runTogether(client, lookup, steps)).toEqual(['a', 1, ask, undefined, 'c', 1]);
    expect(sent.slice(1)).toEqual([
      ['as keys', 'a'],
      ['as keys', 'b'],
    ]);
  });

  it('is not run again on a record that the server refuses for another reason', async () => {
    const wrong = new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
    const { client, sent } = givenClient({ b: wrong });
    expect(await runTogether(client, lookup, steps)).toEqual(['a', 1, wrong, 1, 'c', 1]);
    expect(sent).toHaveLength(1);
  });
});
