import { createClient } from '@keyv/redis';
import { fastify } from 'fastify';
import type { Where } from '../contender.js';
import { USER } from '../server/user.js';

const KEY = 'bench:user';

/** Serves the upper limit of a cache in Redis: one GET, whose reply is the response. */
export async function serve({ port, redisUrl }: Where): Promise<void> {
  const redis = createClient({ url: redisUrl });
  await redis.connect();
  await redis.set(KEY, JSON.stringify(USER));
  const server = fastify();
  server.get('/users/:id', async (_, reply) => {
    const text = await redis.get(KEY);
    return reply.header('content-type', 'application/json; charset=utf-8').send(text);
  });
  await server.listen({ port, host: '127.0.0.1' });
}
