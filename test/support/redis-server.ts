import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Certificate } from './redis/certificates.js';
import { freePort } from './free-port.js';
import { redisProgram } from './programs/redis-program.js';
import { ServerProcess } from './server-process.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

export interface RedisOptions {
  /** @default a free one */
  readonly port?: number;
  /** Further arguments of redis-server, such as `['--maxmemory', '10mb']`. */
  readonly args?: readonly string[];
  /** Speaks TLS on its port, and requires a certificate of its clients. */
  readonly tls?: ServerTls;
}

/** The certificate of a server, by which it also connects to other servers, and the authority that it trusts. */
export interface ServerTls extends Certificate {
  readonly ca: string;
  readonly caFile: string;
}

/** A redis-server on 127.0.0.1 that stores nothing on disk. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const ports = { port: options.port ?? (await freePort()), busPort: await freePort() };
  const redis = new RedisServer(ports, options.args ?? [], options.tls);
  await redis.start();
  return redis;
}

export class RedisServer {
  #server: ServerProcess | undefined;
  #frozen = false;
  readonly port: number;
  /** Where other nodes reach it, if it is a node of a cluster. The default is in the range of ports for outgoing connections. */
  readonly busPort: number;

  constructor(
    { port, busPort }: { readonly port: number; readonly busPort: number },
    private readonly args: readonly string[],
    private readonly tls: ServerTls | undefined,
  ) {
    this.port = port;
    this.busPort = busPort;
  }

  get url(): string {
    return `${this.tls ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  /** Whether it runs, and is not frozen. */
  get running(): boolean {
    return this.#server !== undefined && !this.#frozen;
  }

  get pid(): number {
    return this.#running().pid;
  }

  async start(): Promise<void> {
    if (this.#server) throw new Error(`Redis on port ${this.port} is running already.`);
    const { command, env } = redisProgram();
    const dir = await temporaryFolder('redis');
    const where = [...listening(this.port, this.tls), '--bind', '127.0.0.1', '--dir', dir];
    const bus = this.args.includes('--cluster-enabled') ? ['--cluster-port', String(this.busPort)] : [];
    const inMemory = ['--save', '', '--appendonly', 'no'];
    const server = await ServerProcess.start(command, [...where, ...bus, ...inMemory, ...this.args], {
      env,
      dir,
      afterExit: () => removeFolder(dir),
    });
    await server.ready(() => answersAs(server.pid, this.port, this.tls));
    this.#server = server;
  }

  /** Ends the server in order, and closes its connections. */
  async stop(): Promise<void> {
    this.#server?.signal('SIGCONT');
    await this.#end('SIGTERM');
  }

  /** Kills the server. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts again on the same port without data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Sends SIGSTOP: connections stay open, and the system still accepts new ones, but the server does not reply. */
  freeze(): void {
    this.#running().signal('SIGSTOP');
    this.#frozen = true;
  }

  thaw(): void {
    this.#running().signal('SIGCONT');
    this.#frozen = false;
  }

  #running(): ServerProcess {
    if (!this.#server) throw new Error(`Redis on port ${this.port} is not running.`);
    return this.#server;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#frozen = false;
    await server?.end(signal);
  }
}

function listening(port: number, tls: ServerTls | undefined): string[] {
  if (!tls) return ['--port', String(port)];
  const files = ['--tls-cert-file', tls.certFile, '--tls-key-file', tls.keyFile, '--tls-ca-cert-file', tls.caFile];
  return ['--port', '0', '--tls-port', String(port), '--tls-replication', 'yes', ...files];
}

/** Also compares the process id, because another server may listen on this port. */
function answersAs(pid: number, port: number, tls: ServerTls | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const address = { port, host: '127.0.0.1' };
    const socket = tls ? connectTls({ ...address, ca: tls.ca, cert: tls.cert, key: tls.key }) : connect(address);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(answer.includes('+PONG') && answer.includes(`process_id:${pid}\r`)));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.write('PING\r\nINFO server\r\nQUIT\r\n');
  });
}
