import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Argument, CommandName, Request, Response, WorkerOptions } from './commands.js';

const ANSWER_WITHIN_MS = 20_000;
const ENDED = 'The process has ended.';

/** A process of the fleet, seen from the test. It ends with the test's process at the latest. */
export class Instance {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly exited: Promise<void>;
  #requests = 0;

  constructor(program: string, options: WorkerOptions) {
    this.#child = fork(program, [JSON.stringify(options)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--enable-source-maps'],
    });
    this.#child.on('message', (response: Response) => this.#settle(response));
    this.exited = once(this.#child, 'exit').then(() => {
      for (const { reject } of this.#waiting.values()) reject(new Error(ENDED));
    });
  }

  async tell<Name extends CommandName>(name: Name, argument: Argument<Name>): Promise<Answer<Name>> {
    if (!this.#child.connected) throw new Error(ENDED);
    this.#requests += 1;
    const request: Request<Name> = { id: this.#requests, name, argument };
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(request.id, waiting);
    const tooLate = setTimeout(
      () => waiting.reject(new Error(`A process did not answer "${name}" within ${ANSWER_WITHIN_MS} ms.`)),
      ANSWER_WITHIN_MS,
    );
    try {
      this.#child.send(request);
      // Both ends are built from one source: what answers `name` is of its type.
      return (await waiting.promise) as Answer<Name>;
    } finally {
      clearTimeout(tooLate);
      this.#waiting.delete(request.id);
    }
  }

  /** kill -9. */
  kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    return this.exited;
  }

  #settle({ id, answer, error }: Response): void {
    const waiting = this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }
}
