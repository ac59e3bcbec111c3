import { connect } from 'node:net';
import { freePort } from './free-port.js';
import { redisProgram } from './programs/redis-program.js';
import { ServerProcess } from './server-process.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

export interface RedisOptions {
  /** @default a free one */
  readonly port?: number;
  /** More of redis-server's own arguments, such as `['--maxmemory', '10mb']`. */
  readonly args?: readonly string[];
}

/** A real redis-server of its own on 127.0.0.1, with nothing on disk. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const redis = new RedisServer(options.port ?? (await freePort()), options.args ?? []);
  await redis.start();
  return redis;
}

export class RedisServer {
  #server: ServerProcess | undefined;

  constructor(
    readonly port: number,
    private readonly args: readonly string[],
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#running().pid;
  }

  async start(): Promise<void> {
    if (this.#server) throw new Error(`Redis on port ${this.port} is running already.`);
    const { command, env } = redisProgram();
    const dir = await temporaryFolder('redis');
    const where = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', dir];
    const inMemory = ['--save', '', '--appendonly', 'no'];
    const server = await ServerProcess.start(command, [...where, ...inMemory, ...this.args], {
      env,
      dir,
      afterExit: () => removeFolder(dir),
    });
    await server.ready(() => answersAs(server.pid, this.port));
    this.#server = server;
  }

  /** An orderly end: clients see their connections closed. */
  async stop(): Promise<void> {
    this.#server?.signal('SIGCONT');
    await this.#end('SIGTERM');
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Same port, no data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** SIGSTOP: connections stay open and the system still accepts new ones, but nobody answers. */
  freeze(): void {
    this.#running().signal('SIGSTOP');
  }

  thaw(): void {
    this.#running().signal('SIGCONT');
  }

  #running(): ServerProcess {
    if (!this.#server) throw new Error(`Redis on port ${this.port} is not running.`);
    return this.#server;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.end(signal);
  }
}

/** Asks for the process id too: a server that somebody else runs on this port must not pass for ours. */
function answersAs(pid: number, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(answer.includes('+PONG') && answer.includes(`process_id:${pid}\r`)));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.write('PING\r\nINFO server\r\nQUIT\r\n');
  });
}
