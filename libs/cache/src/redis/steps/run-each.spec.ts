import type { RedisClient } from '@nuthatch/redis';
import { describe, expect, it } from 'vitest';
import { lookup } from '../scripts.generated.js';
import { runEach, runImporting } from './run-each.js';

const args = { lastByte: 1, token: '', leaseMs: 0, replaces: '' };
const steps = ['{a}1', '{b}1', '{a}2', '{c}1'].map((recordKey) => ({ recordKey, args }));

/** A client that replies to a lookup with the names of its records, and records the commands. */
function givenClient(failures: Readonly<Record<string, Error>> = {}) {
  const sent: string[][] = [];
  const sendCommand = async (words: readonly string[]): Promise<unknown> => {
    sent.push([...words]);
    const keys = words.slice(3, 3 + Number(words[2]));
    const failure = keys.map((key) => failures[key]).find((error) => error !== undefined);
    if (failure) throw failure;
    return keys.flatMap((key) => [key, 1]);
  };
  return { client: { sendCommand } as unknown as RedisClient, sent };
}

describe('a script on records of a cluster', () => {
  it('is called once per record, and its replies have the order of the steps', async () => {
    const { client, sent } = givenClient();
    expect(await runEach(client, lookup, steps)).toEqual(['{a}1', 1, '{b}1', 1, '{a}2', 1, '{c}1', 1]);
    expect(sent.map(([command, , count, ...words]) => [command, ...words.slice(0, Number(count))])).toEqual([
      ['EVALSHA', '{a}1'],
      ['EVALSHA', '{b}1'],
      ['EVALSHA', '{a}2'],
      ['EVALSHA', '{c}1'],
    ]);
  });

  it('fails only for the records that the server refuses', async () => {
    const moved = new Error('MOVED 1 127.0.0.1:1');
    const { client } = givenClient({ '{b}1': moved });
    const replies = await runEach(client, lookup, steps);
    expect([replies[0], replies[2], replies[4], replies[6]]).toEqual(['{a}1', moved, '{a}2', '{c}1']);
  });

  it('fails as a whole with the connection', async () => {
    const lost = Object.assign(new Error('lost'), { code: 'ECONNRESET' });
    const { client } = givenClient({ '{b}1': lost });
    await expect(runEach(client, lookup, steps)).rejects.toBe(lost);
  });

  it('follows ASKING on a server that the records are moving to, also when it has to send the text of the script', async () => {
    const { client, sent } = givenClient();
    const unknown = new Error('NOSCRIPT No matching script.');
    let calls = 0;
    const sendCommand = async (words: readonly string[]): Promise<unknown> => {
      const reply = client.sendCommand<unknown>([...words]);
      if (words[0] === 'EVALSHA' && calls++ === 0) return reply.then(() => Promise.reject(unknown));
      return reply;
    };
    await runImporting({ sendCommand } as unknown as RedisClient, lookup, steps.slice(1, 2));
    expect(sent.map(([command]) => command)).toEqual(['ASKING', 'EVALSHA', 'ASKING', 'EVAL']);
  });
});
