import type { Contender } from './contender.js';

const HIT = { 'x-cache': 'HIT' };
const L1 = { ...HIT, 'cache-status': 'detail=l1' };
const L2 = { ...HIT, 'cache-status': 'detail=l2' };

/** All contenders, in the order of the table. A server loads its own contender only. */
const CONTENDERS = [
  {
    id: 'fastify',
    name: 'bare Fastify, a constant text',
    load: async () => (await import('./contenders/fastify.js')).serve,
    expects: {},
  },
  {
    id: 'fastify-redis',
    name: 'bare Fastify, one GET of Redis',
    load: async () => (await import('./contenders/fastify-redis.js')).serve,
    expects: {},
  },
  {
    id: 'nest',
    name: 'Nest on Fastify, a constant, no cache',
    load: async () => (await import('./contenders/nest.js')).serve,
    expects: {},
  },
  {
    id: 'nest-intercepted',
    name: 'Nest on Fastify, an interceptor that answers a constant text, no cache',
    load: async () => (await import('./contenders/nest.js')).serveIntercepted,
    expects: {},
  },
  {
    id: 'bentocache',
    name: 'Nest on Fastify, bentocache in the service, hit in memory',
    load: async () => (await import('./contenders/bentocache.js')).serve,
    expects: {},
  },
  {
    id: 'stock',
    name: 'Nest on Fastify, `CacheInterceptor` over `@keyv/redis`',
    load: async () => (await import('./contenders/cache-manager.js')).serveOn('Fastify'),
    expects: { headers: HIT },
  },
  {
    id: 'stock-in-turn',
    name: 'Nest on Fastify, `CacheInterceptor` over `@keyv/redis`, 256 users in turn',
    load: async () => (await import('./contenders/cache-manager.js')).serveOn('Fastify'),
    users: 256,
    expects: { headers: HIT },
  },
  {
    id: 'stock-express',
    name: 'Nest on Express, `CacheInterceptor` over `@keyv/redis`',
    load: async () => (await import('./contenders/cache-manager.js')).serveOn('Express'),
    expects: { headers: HIT },
  },
  {
    id: 'nuthatch',
    name: 'Nest on Fastify, Nuthatch, hit in memory',
    load: async () => (await import('./contenders/nuthatch.js')).serveOn('Fastify'),
    expects: { headers: L1 },
  },
  {
    id: 'nuthatch-304',
    name: 'Nest on Fastify, Nuthatch, hit in memory, 304',
    load: async () => (await import('./contenders/nuthatch.js')).serveOn('Fastify'),
    headers: { 'If-None-Match': '"1-1"' },
    expects: { status: 304, headers: L1 },
  },
  {
    id: 'nuthatch-guarded',
    name: 'Nest on Fastify, Nuthatch, hit in memory, behind a guard',
    load: async () => (await import('./contenders/nuthatch.js')).serveGuarded(),
    expects: { headers: L1 },
  },
  {
    id: 'nuthatch-l2',
    name: 'Nest on Fastify, Nuthatch, hit in Redis',
    load: async () => (await import('./contenders/nuthatch.js')).serveOn('Fastify', { maxBytes: 1 }),
    expects: { headers: L2 },
  },
  {
    id: 'nuthatch-l2-in-turn',
    name: 'Nest on Fastify, Nuthatch, hit in Redis, 256 users in turn',
    load: async () => (await import('./contenders/nuthatch.js')).serveOn('Fastify', { maxBytes: 1 }),
    users: 256,
    expects: { headers: L2 },
  },
  {
    id: 'nuthatch-express',
    name: 'Nest on Express, Nuthatch, hit in memory',
    load: async () => (await import('./contenders/nuthatch.js')).serveOn('Express'),
    expects: { headers: L1 },
  },
] as const satisfies readonly Contender[];

export type ContenderId = (typeof CONTENDERS)[number]['id'];
export const ALL_CONTENDERS: readonly (Contender & { readonly id: ContenderId })[] = CONTENDERS;

export function contenderOf(id: string): Contender {
  const contender = ALL_CONTENDERS.find((one) => one.id === id);
  if (!contender)
    throw new Error(
      `--only: there is no contender "${id}". Use one of ${ALL_CONTENDERS.map((one) => one.id).join(', ')}.`,
    );
  return contender;
}
