import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** The commands of a program by name: `Commands` is an interface of methods with at most one argument. */
export type CommandName<Commands> = keyof Commands & string;
export type Argument<Commands, Name extends keyof Commands> = Commands[Name] extends (...given: infer Given) => unknown
  ? Given[0 & keyof Given]
  : never;
export type Answer<Commands, Name extends keyof Commands> = Commands[Name] extends (...given: never) => infer Returned
  ? Awaited<Returned>
  : never;

export interface Request {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export interface Response {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

const ANSWER_WITHIN_MS = 20_000;
const ENDED = 'The process has ended.';

/** Controls a program in a process of its own, which ends with this process at the latest. */
export class ChildWorker<Commands, Options> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly exited: Promise<void>;
  #requests = 0;

  /** @param stderr the target of its stderr */
  constructor(program: string, options: Options, stderr: 'inherit' | 'ignore' = 'inherit') {
    this.#child = fork(program, [JSON.stringify(options)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', stderr, 'ipc'],
      execArgv: ['--enable-source-maps'],
    });
    this.#child.on('message', (response: Response) => this.#settle(response));
    this.exited = once(this.#child, 'exit').then(() => {
      for (const { reject } of this.#waiting.values()) reject(new Error(ENDED));
    });
  }

  async send<Name extends CommandName<Commands>>(
    name: Name,
    argument: Argument<Commands, Name>,
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<Answer<Commands, Name>> {
    if (!this.#child.connected) throw new Error(ENDED);
    this.#requests += 1;
    const request: Request = { id: this.#requests, name, argument };
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(request.id, waiting);
    const tooLate = setTimeout(
      () => waiting.reject(new Error(`A process did not answer "${name}" within ${withinMs} ms.`)),
      withinMs,
    );
    try {
      this.#child.send(request);
      // Both processes are built from one source, so the result of `name` has its type.
      return (await waiting.promise) as Answer<Commands, Name>;
    } finally {
      clearTimeout(tooLate);
      this.#waiting.delete(request.id);
    }
  }

  /** Kills the process. */
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
