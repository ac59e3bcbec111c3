import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it, vi } from 'vitest';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { createDatabase, query, startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import { ServerProcess } from './server-process.js';

describe(ServerProcess, () => {
  it.each([homedir(), join(tmpdir(), 'a-clone')])(
    'refuses a working folder that it must not remove: %s',
    async (dir) => {
      await expect(ServerProcess.start(process.execPath, ['--version'], { dir, env: {} })).rejects.toThrow(dir);
    },
  );
});

describe(freePort, () => {
  it('returns no port twice, although no server listens on it yet', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValueOnce(0.4).mockReturnValueOnce(0.4);
    const ports = [await freePort(), await freePort()];
    random.mockRestore();
    expect(new Set(ports).size).toBe(2);
  });
});

describe(startRedis, () => {
  it('replies, and does not reply while frozen', async () => {
    const redis = await startRedis();
    expect(await ping(redis.port)).toBe('+PONG\r\n');

    redis.freeze();
    expect(await ping(redis.port)).toBe('silence');
    redis.thaw();

    expect(await ping(redis.port)).toBe('+PONG\r\n');
    await redis.stop();
    expect(await ping(redis.port)).toBe('ECONNREFUSED');
  });

  it('restarts on its port as a new process, also when frozen', async () => {
    const redis = await startRedis();
    const { pid, port } = redis;

    redis.freeze();
    await redis.restart();
    expect(redis.port).toBe(port);
    expect(redis.pid).not.toBe(pid);
    expect(await ping(port)).toBe('+PONG\r\n');

    await redis.kill();
    expect(await ping(port)).toBe('ECONNREFUSED');
  });

  it('reports why it did not start', async () => {
    await expect(startRedis({ args: ['--no-such-option', '1'] })).rejects.toThrow(/no-such-option/);
  });

  it('does not accept another server on its port', async () => {
    const port = Number(new URL(inject('redisUrl')).port);
    await expect(startRedis({ port })).rejects.toThrow(/Address already in use/);
  });
});

describe(startPostgres, () => {
  it('gives each caller an empty database', async () => {
    const [one, two] = await Promise.all([
      createDatabase(inject('postgresUrl')),
      createDatabase(inject('postgresUrl')),
    ]);
    await query(one, 'CREATE TABLE bird (name text)');
    expect(await query(one, 'SELECT * FROM bird')).toEqual([]);
    await expect(query(two, 'SELECT * FROM bird')).rejects.toThrow(/does not exist/);
  });

  it('refuses connections after a crash', async () => {
    const postgres = await startPostgres();
    await query(postgres.url, 'SELECT 1');
    await postgres.kill();
    await expect(query(postgres.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe(eventually, () => {
  it('repeats an assertion until it holds', async () => {
    let count = 0;
    expect(await eventually(() => (expect((count += 1)).toBe(3), count))).toBe(3);
  });

  it('fails with the last error', async () => {
    await expect(eventually(() => expect('red').toBe('blue'), { within: 20 })).rejects.toThrow(/red.*blue/s);
  });
});

function ping(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    const done = (outcome: string) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('data', (chunk) => done(chunk.toString()));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    socket.setTimeout(200, () => done('silence'));
  });
}
