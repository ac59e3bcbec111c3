import { Controller, Get } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheRegistry, defineCache } from '@nuthatch/cache';
import { Metrics, MetricsModule } from '@nuthatch/observability/metrics';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { freePort } from '../../../test/support/free-port.js';
import { faultsIn, type Format } from './exposition-faults.js';

const ACCEPT: Record<Format, string> = { text: 'text/plain', open: 'application/openmetrics-text' };
const numbers = defineCache<number>('numbers', { ttl: '30s' });
const balances = defineCache<number>('balances', { ttl: '30s', strict: true });

@Controller()
class NumbersController {
  @Get('numbers')
  find(): number {
    return 1;
  }
}

/** Has one metric of each kind, with names and texts that prom-client accepts. */
function registryOfTheApplication(): Registry {
  const registry = new Registry();
  const registers = [registry];
  const help = 'A "help" with \\ and\ntwo lines.';
  new Counter({ name: 'jobs', help, registers, labelNames: ['kind'] }).inc({ kind: '"a"\n\\' });
  new Counter({ name: 'mails_total', help, registers }).inc();
  new Gauge({ name: 'queue_total', help, registers }).set(Number.POSITIVE_INFINITY);
  new Gauge({ name: 'queue', help, registers }).set(Number.NaN);
  new Histogram({ name: 'job_seconds', help, registers, labelNames: ['kind'] }).observe({ kind: 'a' }, 0.3);
  new Summary({ name: 'mail_seconds', help, registers }).observe(0.3);
  return registry;
}

describe('the exposition of all metrics', () => {
  let app: NestApplication;

  beforeAll(async () => {
    const testing = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot({ redis: inject('redisUrl'), namespace: 'exposition', caches: [numbers] }),
        MetricsModule.forRoot({
          serve: 'off',
          registry: registryOfTheApplication(),
          sources: [() => [{ name: 'own', type: 'gauge', help: 'A "help" with \\ and\ntwo lines.', samples: [] }]],
        }),
      ],
      controllers: [NumbersController],
    }).compile();
    app = testing.createNestApplication<NestApplication>(new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const cache = app.get(CacheRegistry).caches.get(numbers.name);
    for (const key of ['k', 'k', 'l']) await cache?.readThrough(key, async () => 1);
    await cache?.invalidate('k');
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await fetch(`${await app.getUrl()}/numbers`, { headers: { traceparent } });
  });

  afterAll(() => app.close());

  it.each<Format>(['text', 'open'])('has no fault in the format "%s"', async (format) => {
    const complete = await eventually(async () => {
      const { body } = await app.get(Metrics).scrape(ACCEPT[format]);
      for (const name of [
        'cache_gets_total',
        'cache_heartbeat_age_seconds',
        'cache_get_duration_seconds_bucket',
        'redis_memory_used_bytes',
        'redis_round_trip_seconds',
        'http_server_request_duration_seconds_bucket',
        'nodejs_active_handles_total',
        'nodejs_gc_duration_seconds_bucket',
        'mail_seconds',
      ])
        expect(body).toMatch(new RegExp(`^${name}[ {]`, 'm'));
      expect(body.includes('# {trace_id=')).toBe(format === 'open');
      return body;
    });
    expect(faultsIn(complete, format)).toEqual([]);
  });
});

describe('cache_errors_total', () => {
  it('has reads whose loader failed, and writes that a strict cache rejected', async () => {
    const testing = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot({
          redis: `redis://127.0.0.1:${await freePort()}`,
          namespace: 'errors',
          caches: [balances],
        }),
        MetricsModule.forRoot({ serve: 'off' }),
      ],
    }).compile();
    const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
    await app.init();
    onTestFinished(() => app.close());
    const cache = app.get(CacheRegistry).find(balances);
    const failing = cache.readThrough('k', () => Promise.reject(new Error('The database is down.')));
    await expect(failing).rejects.toThrow('The database is down.');
    for (const write of [cache.invalidate('k'), cache.writeThrough('k', async () => 1), cache.invalidateTags(['t'])])
      await expect(write).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    const { body } = await app.get(Metrics).scrape(ACCEPT.text);
    expect(body).toContain('cache_errors_total{cache="balances",op="get",error="origin"} 1\n');
    expect(body).toContain('cache_errors_total{cache="balances",op="write",error="unavailable"} 3\n');
  });
});

const gauge = (name: string, ...samples: readonly string[]): string =>
  [`# HELP ${name} Help.`, `# TYPE ${name} gauge`, ...samples, ''].join('\n');
const counter = (...samples: readonly string[]): string =>
  ['# HELP n Help.', '# TYPE n counter', ...samples, ''].join('\n');
const histogram = (...samples: readonly string[]): string =>
  ['# HELP h Help.', '# TYPE h histogram', ...samples, ''].join('\n');
const AGREED: readonly string[] = ['h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 2', 'h_sum 3', 'h_count 2'];
const EXEMPLAR = '# {trace_id="a"} 0.5 1';

describe(faultsIn, () => {
  it('returns nothing for valid families', () => {
    const text = `${gauge('g', 'g 1', 'g{a="b"} -2.5e-7')}${counter(`n_total 1 ${EXEMPLAR}`)}${histogram(...AGREED)}# EOF\n`;
    expect(faultsIn(text, 'open')).toEqual([]);
  });

  it.each([
    ['two families of one name', gauge('g', 'g 1') + gauge('g', 'g{a="b"} 1')],
    ['the name of a sample as the name of a family', histogram(...AGREED) + gauge('h_count', 'h_count 1')],
    ['metadata after samples', `${gauge('g', 'g 1')}# TYPE g gauge\n`],
    ['a family without a type', '# HELP g Help.\ng 1\n'],
    ['an unknown type', '# HELP g Help.\n# TYPE g info\n'],
    ['a sample of another family', gauge('g', 'f 1')],
    ['a counter without _total', counter('n 1')],
    ['a counter below 0', counter('n_total -1')],
    ['a counter that is no number', counter('n_total Nan')],
    ['a sample twice', gauge('g', 'g{a="b"} 1', 'g{a="b"} 2')],
    ['an empty line', gauge('g', '', 'g 1')],
    ['a text that is not escaped', gauge('g', 'g{a="\\b"} 1')],
    ['a help that is not escaped', '# HELP g A "help".\n# TYPE g gauge\n'],
    ['an exemplar of a gauge', gauge('g', `g 1 ${EXEMPLAR}`)],
    ['an exemplar of a sum', histogram(...AGREED.with(2, `h_sum 3 ${EXEMPLAR}`))],
    ['an exemplar outside of its bucket', histogram(...AGREED.with(0, 'h_bucket{le="1"} 1 # {trace_id="a"} 2 1'))],
    ['an exemplar of 129 characters', counter(`n_total 1 # {a="${'x'.repeat(128)}"} 1 1`)],
    ['a histogram without +Inf', histogram('h_bucket{le="1"} 2', 'h_sum 3', 'h_count 2')],
    ['a histogram without a sum', histogram(...AGREED.toSpliced(2, 1))],
    ['a histogram without a count', histogram(...AGREED.toSpliced(3, 1))],
    ['a count that differs from the bucket of +Inf', histogram(...AGREED.with(3, 'h_count 3'))],
    ['buckets that fall', histogram(...AGREED.with(0, 'h_bucket{le="1"} 3'))],
    ['buckets in another order', histogram(...AGREED.with(0, 'h_bucket{le="+Inf"} 2').with(1, 'h_bucket{le="1"} 2'))],
  ])('finds %s', (_, text) => {
    expect(faultsIn(`${text}# EOF\n`, 'open')).toHaveLength(1);
  });

  it('finds an exemplar in the text format, and OpenMetrics without an end', () => {
    expect(faultsIn(histogram(...AGREED.with(0, `h_bucket{le="1"} 1 ${EXEMPLAR}`)), 'text')).toHaveLength(1);
    expect(faultsIn(gauge('g', 'g 1'), 'open')).toHaveLength(1);
  });
});
