import { CacheRegistry } from '../../src/core/cache-registry.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { givenRuntime } from '../../src/testing/given-runtime.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { RedisSimulator } from '../../src/testing/redis-simulator.js';
import { assert, asyncProperty, array, constant, constantFrom, oneof, record, string } from 'fast-check';
import { describe, it } from 'vitest';
import { z } from 'zod';
import { cachedRoute } from '../../src/http/route/cached-route.js';
import { requestEntry } from '../../src/http/route/request-key.js';

const ofUser = z.strictObject({ id: z.string(), principal: z.string().max(5_000).optional() });
const answers = defineCache<string, z.output<typeof ofUser>>('answers', { key: ofUser, ttl: '30s' });
const route = cachedRoute(answers, ({ params, query }) => ({ ...query, id: params['id'] }), {
  principal: ({ user }) => (typeof user === 'string' ? user : undefined),
});

/** Texts with a meaning of their own in keys, in objects or in a protocol. */
const hostile = constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'undefined',
  'null',
  '0',
  ' ',
  '\0',
  '\r\n',
  '|',
  '"',
  '","principal":"ann',
  '../ann',
  'ann\ud800',
  'ann\udc00',
  'Ann',
  'ann',
  'x'.repeat(199),
  'x'.repeat(4_000),
  `${'x'.repeat(4_000)}y`,
  'x'.repeat(6_000),
);
const text = oneof(hostile, string({ unit: 'binary' }));
const requests = record({
  id: oneof(constantFrom('1', '2'), text),
  user: oneof(constant(undefined), constant(''), text),
  token: constantFrom(undefined, 'Bearer a'),
  claimed: oneof(constant(undefined), text),
});

function givenCache() {
  const clock = new ManualClock();
  const server = new RedisSimulator(clock);
  const { runtime } = givenRuntime({ clock, store: (_, listener) => server.connect(listener) });
  const caches = new CacheRegistry(runtime);
  caches.create(answers);
  return caches.find(route.definition);
}

describe('principals', () => {
  it('principals never share an entry, for any principals and keys', async () => {
    const sequences = asyncProperty(array(requests, { minLength: 2, maxLength: 20 }), async (asked) => {
      const cache = givenCache();
      for (const { id, user, token, claimed } of asked) {
        const query = claimed === undefined ? {} : { principal: claimed };
        const headers = token === undefined ? {} : { authorization: token };
        const entry = requestEntry({ route, cache }, { params: { id }, query, headers, user })?.entry;
        const whose = JSON.stringify([id, user || null]);
        const found = await entry?.read(async () => whose);
        if (found && found.answer.value !== whose) throw new Error(`${whose} got ${String(found.answer.value)}`);
        if (found && (token !== undefined || user === '') && !user)
          throw new Error('a public answer to a request with credentials');
      }
    });
    await assert(sequences, { numRuns: 300 });
  });
});
