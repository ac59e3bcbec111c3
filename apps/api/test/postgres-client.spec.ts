import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Pool } from 'pg';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { PostgresClient } from '../src/database/postgres/postgres-client.js';

/** Uses no certificate, because the test has none. */
const anonymous = { ciphers: 'aNULL:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const;
let secured: Server | undefined;

afterEach(() => {
  secured?.close();
  secured = undefined;
});

describe(PostgresClient, () => {
  it('survives a broken connection during a statement', () => {
    const client = new PostgresClient();
    expect(() => client.emit('error', new Error('Connection terminated unexpectedly'))).not.toThrow();
  });

  it.each([
    { through: 'the network', configOf: async (url: URL) => ({ connectionString: url.href }) },
    { through: 'TLS', configOf: behindTls },
    { through: 'the file system', configOf: inFileSystem },
  ])('leaves the pool after a statement timed out: $through', async ({ configOf }) => {
    const config = await configOf(new URL(inject('postgresUrl')));
    const pool = new Pool({ ...config, Client: PostgresClient, max: 1, query_timeout: 300 });
    const ask = async (statement: string) => {
      const client = await pool.connect();
      // Kysely does not pass the error to the pool either.
      return client.query(statement).finally(() => client.release());
    };
    const late = ask('select pg_sleep(2)');
    const next = ask('select 1 as one');
    await expect(late).rejects.toThrow('Query read timeout');
    await expect(next).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await pool.end();
  });
});

async function inFileSystem({ href, port, username }: URL) {
  const client = new PostgresClient(href);
  await client.connect();
  const { rows } = await client.query<{ unix_socket_directories: string }>('show unix_socket_directories');
  await client.end();
  return { host: rows[0]?.unix_socket_directories ?? '', port: Number(port), user: username, database: username };
}

async function behindTls({ port, username }: URL) {
  secured = createServer((socket) => {
    // The first message asks for TLS.
    socket.once('data', () => {
      socket.write('S');
      const client = new TLSSocket(socket, { isServer: true, ...anonymous }).on('error', () => undefined);
      client.pipe(connect(Number(port), '127.0.0.1')).pipe(client);
    });
  }).listen(0, '127.0.0.1');
  await once(secured, 'listening');
  const address = secured.address();
  const ownPort = typeof address === 'object' ? address?.port : undefined;
  const ssl = { rejectUnauthorized: false, ...anonymous };
  return { host: '127.0.0.1', port: ownPort, user: username, database: username, ssl };
}
