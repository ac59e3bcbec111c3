import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { ChildWorker } from '../../support/processes/child-worker.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { type Answer, faultOf } from './answer.js';
import type { Commands, Usage, WorkerOptions } from './server/commands.js';
import type { Contender, Expectation } from './contender.js';
import { idsOfRun, type User, userIds, userWith } from './server/user.js';

export interface Start extends Pick<WorkerOptions, 'redisUrl' | 'core'> {
  /** The program that the server runs. */
  readonly program: string;
}

const SERVES_WITHIN_MS = 30_000;
const ANSWERS_WITHIN_MS = 10_000;

/** A contender whose server is running and answers as expected. */
export class RunningServer {
  #runs = 0;

  private constructor(
    readonly contender: Contender,
    readonly port: number,
    private readonly worker: ChildWorker<Commands, WorkerOptions>,
  ) {}

  static async start(contender: Contender, { program, redisUrl, core }: Start): Promise<RunningServer> {
    const port = await freePort();
    const options: WorkerOptions = { contender: contender.id, core, redisUrl, port };
    const running = new RunningServer(contender, port, new ChildWorker(program, options));
    try {
      await running.worker.send('serve', undefined, SERVES_WITHIN_MS);
      // The first answer is a miss. The memory of the process accepts entries once its invalidation channel is verified.
      for (const id of running.userIds) await eventually(() => running.#checkRead(id), { within: ANSWERS_WITHIN_MS });
      return running;
    } catch (cause) {
      await running.end();
      throw new Error(`${contender.id} does not answer as expected.`, { cause });
    }
  }

  get userIds(): readonly string[] {
    return userIds(this.contender.traffic.users);
  }

  /** Returns the ids that the next run of misses asks for, but for their last eight digits. */
  nextIds(): string {
    this.#runs += 1;
    return idsOfRun(this.#runs);
  }

  /** @throws when it no longer answers as expected. */
  async check(): Promise<void> {
    // Writes that were in flight when the load ended may still run, so another user is written.
    if (this.contender.traffic.requests === 'writes') await this.#checkWrite(`${idsOfRun(1)}00000000`);
    else for (const id of this.userIds) await this.#checkRead(id);
  }

  usage(): Promise<Usage> {
    return this.worker.send('usage', undefined);
  }

  end(): Promise<void> {
    return this.worker.kill();
  }

  async #checkRead(id: string): Promise<void> {
    const { traffic, expects } = this.contender;
    this.#expect(await this.#request('GET', id), userWith(id, { orders: traffic.orders }), expects);
  }

  /** Checks that the first read after a write of a cached user has the new value. */
  async #checkWrite(id: string): Promise<void> {
    const before: User = JSON.parse((await this.#request('GET', id)).body);
    const after = userWith(id, { version: before.version + 1, orders: this.contender.traffic.orders });
    this.#expect(await this.#request('PATCH', id), after);
    this.#expect(await this.#request('GET', id), after);
  }

  /** Without `fetch`, which adds `Cache-Control: no-cache` to a conditional request: then Redis would answer, not the memory. */
  async #request(method: 'GET' | 'PATCH', id: string): Promise<Answer> {
    const { headers } = this.contender;
    const sent = request({ port: this.port, path: `/users/${id}`, method, headers: { ...headers } });
    sent.end();
    const [response]: IncomingMessage[] = await once(sent, 'response');
    if (!response) throw new Error('There is no response.');
    const received = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]);
    return { status: response.statusCode ?? 0, headers: new Headers(received), body: await text(response) };
  }

  #expect(answer: Answer, user: User, expects: Expectation = {}): void {
    const fault = faultOf(answer, user, expects);
    if (fault) throw new Error(`${this.contender.id}: ${fault}`);
  }
}
