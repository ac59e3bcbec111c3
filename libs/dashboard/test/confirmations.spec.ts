import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AdminModule } from '@nuthatch/admin';
import { CacheModule, type CacheModuleOptions, CacheRegistry, defineCache } from '@nuthatch/cache';
import { DashboardModule } from '@nuthatch/dashboard';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../test/support/eventually.js';

const userById = defineCache<string>('users.byId', { key: z.string().max(64), ttl: '30s' });

const SECRET = 'reader-secret-0123456789';
/** So rare that no heartbeat follows the first ones. */
const RARE = { heartbeat: '1h', maxStaleness: '4h' } as const;

describe('the journal of an instance with the page', () => {
  async function givenInstance(namespace: string, options: CacheModuleOptions = {}): Promise<CacheRegistry> {
    const testing = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot({ redis: inject('redisUrl'), namespace, caches: [userById], ...options }),
        AdminModule.forRoot({ tokens: [{ name: 'reader', scopes: ['read'], secret: SECRET }] }),
        DashboardModule.forRoot({ mode: 'readonly', namespace }),
      ],
    }).compile();
    const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
    await app.init();
    onTestFinished(() => app.close());
    const registry = app.get(CacheRegistry);
    await registry.ready();
    return registry;
  }

  const confirmationsOf = ({ journal }: CacheRegistry) => [...journal].map(({ confirmedBy }) => confirmedBy);

  it('has the instances whose heartbeats followed a write, and no other', async () => {
    const namespace = `confirmations-${process.pid}`;
    const [one, other, rare] = [
      await givenInstance(namespace),
      await givenInstance(namespace),
      await givenInstance(namespace, RARE),
    ];
    for (const registry of [one, rare]) await registry.find(userById).invalidate('ada');
    // The rare one publishes its figures, and receives those of the others: both confirm its writes.
    await eventually(() => expect(confirmationsOf(rare)).toMatchObject([[{}, {}]]), { within: 10_000 });
    await rare.find(userById).invalidate('bob');
    await eventually(
      () =>
        expect(confirmationsOf(rare)).toMatchObject([
          [{}, {}],
          [{}, {}],
        ]),
      { within: 10_000 },
    );
    expect(confirmationsOf(one)).toMatchObject([[{}]]);
    expect(confirmationsOf(other)).toEqual([]);
    const [entry] = one.journal;
    expect(entry?.confirmedBy[0]?.at).toBeGreaterThanOrEqual(entry?.appliedAt ?? Number.POSITIVE_INFINITY);
  });
});
