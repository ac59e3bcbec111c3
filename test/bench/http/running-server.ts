import { ChildWorker } from '../../support/processes/child-worker.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { faultOf } from './answer.js';
import type { Commands, Usage, WorkerOptions } from './server/commands.js';
import type { Contender } from './contender.js';
import { userIds } from './server/user.js';

export interface Start extends Pick<WorkerOptions, 'redisUrl' | 'core'> {
  /** The program that the server runs. */
  readonly program: string;
}

const SERVES_WITHIN_MS = 30_000;
const ANSWERS_WITHIN_MS = 10_000;

/** A contender whose server is running and answers as expected. */
export class RunningServer {
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
      for (const id of running.userIds) await eventually(() => running.#check(id), { within: ANSWERS_WITHIN_MS });
      return running;
    } catch (cause) {
      await running.end();
      throw new Error(`${contender.id} does not answer as expected.`, { cause });
    }
  }

  get userIds(): readonly string[] {
    return userIds(this.contender.users ?? 1);
  }

  /** @throws when it no longer answers as expected. */
  async check(): Promise<void> {
    for (const id of this.userIds) await this.#check(id);
  }

  usage(): Promise<Usage> {
    return this.worker.send('usage', undefined);
  }

  end(): Promise<void> {
    return this.worker.kill();
  }

  async #check(id: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.port}/users/${id}`, {
      headers: { ...this.contender.headers },
    });
    const answer = { status: response.status, headers: response.headers, body: await response.text() };
    const fault = faultOf(answer, id, this.contender.expects);
    if (fault) throw new Error(`${this.contender.id}: ${fault}`);
  }
}
