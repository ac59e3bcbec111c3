import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { isTemporary } from './temporary-folder.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcessOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its working folder, made by `temporaryFolder`. It is removed if the test run dies before the process. */
  readonly dir: string;
  /** The signal that ends it if the test run dies before it. @default 'SIGKILL' */
  readonly lastSignal?: NodeJS.Signals;
  /** Cleans up after its end. `exited` waits for it. */
  readonly afterExit?: () => Promise<void>;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** A child process that never outlives the process that started it. */
export class ServerProcess {
  /** The lines that it wrote to stdout and stderr. */
  readonly lines: string[] = [];
  readonly exited: Promise<Exit>;
  #exit: Exit | undefined;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
    afterExit: () => Promise<void> = async () => {},
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
    // 'close' and not 'exit', because every line has been read only then.
    this.exited = once(child, 'close').then(async ([code, signal]) => {
      this.#exit = { code, signal };
      await afterExit();
      return this.#exit;
    });
  }

  static async start(command: string, args: readonly string[], options: ServerProcessOptions): Promise<ServerProcess> {
    if (!isTemporary(options.dir))
      throw new Error(`${options.dir} may be removed, so it must be a folder of temporaryFolder().`);
    const child = spawn(command, args, {
      cwd: options.dir,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.user,
    });
    const server = new ServerProcess(command, child, options.afterExit);
    await once(child, 'spawn');
    const cut = tieToThisProcess(server.pid, options);
    child.once('exit', cut);
    return server;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} has not started.`);
    return this.child.pid;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#exit) this.child.kill(signal);
  }

  async end(signal: NodeJS.Signals): Promise<Exit> {
    this.signal(signal);
    return this.exited;
  }

  /** Waits until the probe succeeds. It fails with the server's output if the server ends first or takes too long. */
  async ready(probe: () => Promise<boolean>, within = 20_000): Promise<void> {
    const end = performance.now() + within;
    for (let wait = 5; !(await probe()); wait = Math.min(wait * 1.5, 100)) {
      if (this.#exit) throw this.#failure(`ended at once (${this.#exit.signal ?? this.#exit.code})`);
      if (performance.now() > end) {
        await this.end('SIGKILL');
        throw this.#failure(`was not ready within ${within} ms`);
      }
      await pause(wait);
    }
  }

  #failure(what: string): Error {
    return new Error(`${this.name} ${what}:\n${this.lines.slice(-20).join('\n')}`);
  }
}

/**
 * A killed test run cannot clean up. So a shell in a process group of its own reads from a pipe to which the test run never writes.
 * The read returns when the system closes the pipe at the end of the test run, and the shell then ends the server.
 */
function tieToThisProcess(pid: number, { lastSignal = 'SIGKILL', dir }: ServerProcessOptions): () => void {
  const script = 'read -r _; kill -s "$0" "$1" 2>/dev/null; sleep 1; rm -rf "$2"';
  const watcher = spawn('/bin/sh', ['-c', script, lastSignal.slice('SIG'.length), String(pid), dir], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  return () => watcher.kill('SIGKILL');
}
