import { ChildWorker } from '../../support/processes/child-worker.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { userIds } from '../http/server/user.js';
import { BlockLoad } from './block-load.js';
import type { Feature } from './feature.js';
import type { Commands, ServerOptions } from './server.js';

export const CONNECTIONS = 64;
/**
 * A block is as short as possible, because other processes of the machine change the processor time of a request by a tenth and more
 * from one second to the next. Both blocks of a pair see about the same.
 */
export const BLOCK_MS = 10;
/** Until the engine has compiled the functions of a request. */
const WARM_UP_PAIRS = 150;
/** A token that names everything: a read with it is strong. */
const TOKEN = { 'consistency-token': 'AAAAAAAAAAA' };

export interface Measuring extends Pick<ServerOptions, 'redisUrl' | 'core'> {
  readonly program: string;
  readonly pairs: number;
}

/**
 * Starts a server, and loads it with and without the feature, in random order. Returns for each pair of blocks which part of the
 * processor time of a request is spent on the feature.
 */
export async function measurePairs({ name }: Feature, measuring: Measuring): Promise<readonly number[]> {
  const { program, pairs, redisUrl, core } = measuring;
  const port = await freePort();
  const worker = new ChildWorker<Commands, ServerOptions>(program, { feature: name, redisUrl, core, port });
  let load: BlockLoad | undefined;
  try {
    await worker.send('serve', undefined);
    const url = new URL(`http://127.0.0.1:${port}/users/${userIds(1)[0]}`);
    await eventually(async () => expectDetail(url, {}, 'l1'));
    const connected = await BlockLoad.connect(url, CONNECTIONS);
    load = connected;
    /** Returns the processor time of a request, in microseconds. */
    const block = async (on: boolean): Promise<number> => {
      const before = await worker.send('turn', on);
      const requests = await connected.run(BLOCK_MS);
      return ((await worker.send('turn', on)) - before) / requests;
    };
    if (name === 'token')
      for (const on of [false, true]) {
        await worker.send('turn', on);
        await expectDetail(url, TOKEN, on ? 'l2' : 'l1');
      }
    const costs: number[] = [];
    for (let count = -WARM_UP_PAIRS; count < pairs; count += 1) {
      const isFirst = Math.random() < 0.5;
      const [first, second] = [await block(isFirst), await block(!isFirst)];
      if (count >= 0) costs.push(isFirst ? 1 - second / first : 1 - first / second);
    }
    return costs;
  } finally {
    load?.close();
    await worker.kill();
  }
}

/** @throws if the cache answers from another tier. */
async function expectDetail(url: URL, headers: Readonly<Record<string, string>>, detail: 'l1' | 'l2'): Promise<void> {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  const status = response.headers.get('cache-status') ?? '';
  if (!status.includes(`detail=${detail}`)) throw new Error(`The answer is not from ${detail}: ${status}`);
}
