import { ChildWorker } from '../../support/processes/child-worker.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { BlockLoad } from './block-load.js';
import type { Feature } from './feature.js';
import type { Commands, ServerOptions } from './server.js';

export const CONNECTIONS = 64;
/**
 * A block is as short as possible, because other processes of the machine change the processor time of a request by a tenth and more
 * from one second to the next. Both blocks of a pair see about the same.
 */
export const BLOCK_MS = 10;
/** Two servers of one program differ by more than the blocks of a server: more blocks would make the figure no better. */
export const BLOCKS = 100;
/** Until the engine has compiled the functions of a request. */
const WARM_UP_BLOCKS = 150;
/** A token that names everything: a read with it is strong. */
const TOKEN = { 'consistency-token': 'AAAAAAAAAAA' };

export interface Measuring extends Pick<ServerOptions, 'redisUrl' | 'databaseUrl' | 'core'> {
  readonly program: string;
}

/**
 * Starts a server with the feature and one without it on the same core, and loads them in turn, in random order. Returns for each pair
 * of blocks which part of the processor time of a request is spent on the feature.
 */
export async function measurePairs({ name, server }: Feature, measuring: Measuring): Promise<readonly number[]> {
  const servers: LoadedServer[] = [];
  try {
    // The server that starts first is a little slower.
    const startsFirst = Math.random() < 0.5;
    for (const feature of startsFirst ? [name, undefined] : [undefined, name])
      servers.push(await LoadedServer.start({ feature, server }, measuring));
    const [featured, plain] = startsFirst ? servers : servers.toReversed();
    if (!featured || !plain) throw new Error('The servers have not started.');
    if (name === 'token') {
      await expectDetail(featured.url, TOKEN, 'l2');
      await expectDetail(plain.url, TOKEN, 'l1');
    }
    const costs: number[] = [];
    for (let count = -WARM_UP_BLOCKS; count < BLOCKS; count += 1) {
      const isFirst = Math.random() < 0.5;
      const before = isFirst ? await featured.block() : undefined;
      const without = await plain.block();
      const cost = before ?? (await featured.block());
      if (count >= 0) costs.push(1 - without / cost);
    }
    return costs;
  } finally {
    await Promise.all(servers.map((loaded) => loaded.end()));
  }
}

/** A server with open connections. It is idle between two blocks. */
class LoadedServer {
  private constructor(
    private readonly worker: ChildWorker<Commands, ServerOptions>,
    private readonly load: BlockLoad,
    readonly url: URL,
  ) {}

  static async start(
    served: Pick<ServerOptions, 'feature' | 'server'>,
    { program, ...where }: Measuring,
  ): Promise<LoadedServer> {
    const port = await freePort();
    const worker = new ChildWorker<Commands, ServerOptions>(program, { ...served, ...where, port });
    try {
      const url = new URL(await worker.send('serve', undefined), `http://127.0.0.1:${port}`);
      await eventually(async () => expectDetail(url, {}, 'l1'));
      return new LoadedServer(worker, await BlockLoad.connect(url, CONNECTIONS), url);
    } catch (error) {
      await worker.kill();
      throw error;
    }
  }

  /** Returns the processor time of a request, in microseconds. */
  async block(): Promise<number> {
    const before = await this.worker.send('processorTime', undefined);
    const requests = await this.load.run(BLOCK_MS);
    return ((await this.worker.send('processorTime', undefined)) - before) / requests;
  }

  async end(): Promise<void> {
    this.load.close();
    await this.worker.kill();
  }
}

/** @throws if the cache answers from another tier. */
async function expectDetail(url: URL, headers: Readonly<Record<string, string>>, detail: 'l1' | 'l2'): Promise<void> {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  const status = response.headers.get('cache-status') ?? '';
  if (!status.includes(`detail=${detail}`)) throw new Error(`The answer is not from ${detail}: ${status}`);
}
