import { fastify } from 'fastify';
import type { Where } from '../contender.js';
import { USER } from '../server/user.js';

const TEXT = JSON.stringify(USER);

/** Serves the upper limit: a constant text. */
export async function serve({ port }: Where): Promise<void> {
  const server = fastify();
  server.get('/users/:id', (_, reply) => {
    void reply.header('content-type', 'application/json; charset=utf-8').send(TEXT);
  });
  await server.listen({ port, host: '127.0.0.1' });
}
