import { Catch, Controller, type ExceptionFilter, Get, Global, Module, Param, VersioningType } from '@nestjs/common';
import { APP_FILTER, type NestApplication } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { type CacheCounters, CacheRegistry, type ProcessMemory, sumCounters } from '@nuthatch/cache';
import { HealthModule, type HealthOptions, type Indicators } from '@nuthatch/health';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';

export const adapters = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };
export type AdapterName = keyof typeof adapters;

export const redisUp = {
  mode: 'single',
  connected: true,
  breaker: 'closed',
  since: new Date('2026-01-02T03:04:05Z'),
  roundTripMs: 0.4,
  lastError: undefined,
  identity: 'server',
  master: '127.0.0.1:6379',
} as const satisfies RedisConnection['state'];

const none = sumCounters([]);

export const counters: Readonly<Record<string, CacheCounters>> = {
  'users.byId': {
    ...none,
    gets: 10,
    hits: 8,
    misses: 2,
    loads: 2,
    hitRatio: 0.8,
    loading: { running: 1, waiting: 0 },
    tiers: { ...none.tiers, l1: { ...none.tiers.l1, entries: 2 } },
  },
};

export const channel = { connected: true, heartbeatAgeMs: 12, flushes: 1 };

export const memory: ProcessMemory = { tags: { entries: 3, bytes: 700 }, records: undefined };

type Redis = Pick<RedisConnection, 'state' | 'firstAttemptFinished'> | null;

/** Holds a slow request until the test resolves `answer`. */
export class SlowRoute {
  readonly arrived = Promise.withResolvers<void>();
  readonly answer = Promise.withResolvers<string>();
}

@Controller()
class RequestsController {
  constructor(private readonly slow: SlowRoute) {}

  @Get('requests/:id')
  fast(@Param('id') id: string): string {
    return id;
  }

  @Get('slow')
  wait(): Promise<string> {
    this.slow.arrived.resolve();
    return this.slow.answer.promise;
  }
}

/** Replaces the body of every exception, as the problem filter of the application does. */
@Catch()
class EverythingIsAProblem implements ExceptionFilter {
  catch(): never {
    throw new Error('a health probe must not throw');
  }
}

export interface HealthApp {
  readonly app: NestApplication;
  readonly url: string;
  readonly slow: SlowRoute;
}

type Given = Partial<HealthOptions> & {
  redis?: Redis;
  channelVerified?: boolean;
  refusal?: string;
  masters?: CacheRegistry['masters'];
  indicators?: Indicators;
  /** Whether the options are known before the boot, and need no provider. */
  known?: boolean;
};

/** Compiles a testing module without a server, with fakes for the dependencies of health. */
export async function givenHealthModule({
  redis = { state: redisUp, firstAttemptFinished: true },
  channelVerified = true,
  refusal,
  masters,
  indicators = {},
  known = false,
  ...options
}: Given = {}): Promise<TestingModule> {
  @Global()
  @Module({
    providers: [
      { provide: REDIS_CONNECTION, useValue: redis },
      {
        provide: CacheRegistry,
        useValue: {
          counters: () => counters,
          memory,
          channel: { ...channel, connected: channelVerified },
          pending: 0,
          refusal,
          masters,
        },
      },
    ],
    exports: [REDIS_CONNECTION, CacheRegistry],
  })
  class FakesModule {}

  const database = { schemaReady: true, ping: () => Promise.resolve() };
  const health: HealthOptions = { database, cacheRequired: false, drainDelayMs: 0, ...options };

  @Module({ providers: [{ provide: 'health', useValue: health }], exports: ['health'] })
  class SettingsModule {}

  const probes = known
    ? HealthModule.forRoot({ ...health, indicators })
    : HealthModule.forRootAsync({
        imports: [SettingsModule],
        inject: ['health'],
        indicators,
        useFactory: (given: HealthOptions) => given,
      });
  return Test.createTestingModule({
    imports: [FakesModule, probes],
    controllers: [RequestsController],
    providers: [SlowRoute, { provide: APP_FILTER, useClass: EverythingIsAProblem }],
  }).compile();
}

/** Starts an application that listens, with the same fakes. */
export async function givenHealthApp(adapter: AdapterName, given?: Given): Promise<HealthApp> {
  const testing = await givenHealthModule(given);
  testing.useLogger(false);
  const app = testing.createNestApplication<NestApplication>(adapters[adapter]());
  // The probes keep their paths in an application that has a version in its own.
  app.enableVersioning({ type: VersioningType.URI });
  await app.listen(0, '127.0.0.1');
  return { app, slow: app.get(SlowRoute), url: await app.getUrl() };
}
