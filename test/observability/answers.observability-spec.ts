import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Traffic } from '../demo/traffic.js';
import { type AppProcess, startApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { createDatabase } from '../support/postgres-server.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { alertRules, questionsTo, recordingRules } from './files.js';
import { type Prometheus, type Series, startPrometheus } from './prometheus.js';

const questions = questionsTo('prometheus');
const rules = recordingRules();
const alerts = alertRules();

/** Further figures of Node, for a person who looks for the cause of what the panels show. */
const ON_NO_PANEL: ReadonlySet<string> = new Set([
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_eventloop_lag_max_seconds',
  'nodejs_eventloop_lag_mean_seconds',
  'nodejs_eventloop_lag_min_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p90_seconds',
  'nodejs_eventloop_lag_seconds',
  'nodejs_eventloop_lag_stddev_seconds',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_space_size_available_bytes',
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
  'nodejs_version_info',
  'process_cpu_system_seconds_total',
  'process_cpu_user_seconds_total',
  'process_heap_bytes',
  'process_virtual_memory_bytes',
]);

/** A figure that the API does not have, because it has no CDN. `npm run test:edge` and promtool test it. */
const OF_A_CDN = 'cache_edge_lag_seconds';

/** How many scrapes, one per second, see the traffic, then the outage, and then the time after it. */
const SCRAPES = 2;

describe('Prometheus, after traffic and an outage of Redis', () => {
  let redis: RedisServer;
  let app: AppProcess;
  let prometheus: Prometheus;
  let metrics: string;

  beforeAll(async () => {
    redis = await startRedis();
    const metricsPort = await freePort();
    app = await startApp({
      DATABASE_URL: await createDatabase(inject('postgresUrl')),
      REDIS_URL: redis.url,
      METRICS_PORT: String(metricsPort),
      CACHE_STALENESS_SAMPLES: '1',
      LOG_LEVEL: 'fatal',
    });
    prometheus = await startPrometheus(metricsPort);
    const traffic = new Traffic([app.url]);
    await traffic.createUsers(20);
    const end = traffic.run();
    await redisIs('1');
    await redis.kill();
    await redisIs('0');
    await redis.start();
    await redisIs('1');
    await end();
    metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  });
  afterAll(async () => {
    await Promise.all([prometheus.stop(), app.kill()]);
    await redis.kill();
  });

  /** Waits until the last scrapes say that this instance has, or has not, been connected to Redis for a while. */
  async function redisIs(up: '0' | '1'): Promise<void> {
    const wanted = Array.from({ length: SCRAPES }, () => up);
    await eventually(
      async () => {
        const [series] = await prometheus.ask('redis_up');
        expect(series?.values.slice(-wanted.length).map(([, value]) => value)).toEqual(wanted);
      },
      { within: 20_000 },
    );
  }

  /** The names of the metrics of the app. */
  const exposed = (): readonly string[] => [...metrics.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);

  /** Whether there is an answer with a number, at once or soon: some figures need two scrapes, or come every 15 s. */
  const answers = (expr: string): Promise<boolean> =>
    eventually(
      async () => {
        if (!(await prometheus.ask(expr)).some(hasNumber)) throw new Error(`No answer: ${expr}`);
        return true;
      },
      { within: 20_000 },
    );

  it.each(
    questions
      .filter(({ expr }) => !expr.includes(OF_A_CDN))
      .map((question) => [`${question.dashboard}, ${question.panel}`, question] as const),
  )('answers the panel %s', async (_, { expr }) => {
    expect(await answers(filledIn(expr))).toBe(true);
  });

  it.each(rules.map(({ record, expr }) => [record, expr] as const))('has recorded %s', async (record, expr) => {
    expect(await answers(record)).toBe(true);
    expect(await answers(expr)).toBe(true);
  });

  it.each(alerts.filter(({ expr }) => !expr.includes(OF_A_CDN)).map(({ alert, expr }) => [alert, expr] as const))(
    'has the figures of the alert %s',
    async (_, expr) => {
      expect(await answers(compared(expr))).toBe(true);
    },
  );

  it('raised the alert of a Redis that is down, and none of the promise', async () => {
    const raised = await prometheus.ask('ALERTS');
    const names = new Set(raised.map(({ metric }) => metric['alertname']));
    expect(names).toContain('NuthatchRedisDown');
    expect(names).not.toContain('NuthatchStaleAnswers');
    expect(names).not.toContain('NuthatchTagMissing');
  });

  it('has each metric of the app in docs/operations/metrics.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/operations/metrics.md'), 'utf8');
    const ours = exposed().filter((name) => !/^(?:nodejs|process)_/.test(name));
    expect(ours.length).toBeGreaterThan(40);
    expect(ours.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('has each metric of the app on a panel or in a rule, except for a list of Node figures', () => {
    const names = exposed();
    expect(names.length).toBeGreaterThan(60);
    const asked = [...questions, ...rules, ...alerts].map(({ expr }) => expr).join('\n');
    const isAsked = (name: string): boolean => new RegExp(String.raw`\b${name}(?:_bucket|_count|_sum)?\b`).test(asked);
    expect(names.filter((name) => !isAsked(name) && !ON_NO_PANEL.has(name))).toEqual([]);
    expect([...ON_NO_PANEL].filter((name) => isAsked(name) || !names.includes(name))).toEqual([]);
  });
});

/** Returns an expression as Grafana sends it: for all instances and caches, and with a window of several scrapes. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '15s').replaceAll(/\$(instance|cache)/g, '.*');
}

/** Returns the condition of an alert so that it has an answer while the alert is silent. */
function compared(expr: string): string {
  return expr.replaceAll(/ (==|>|<) (?=\d)/g, ' $1 bool ');
}

function hasNumber({ values }: Series): boolean {
  return values.some(([, value]) => Number.isFinite(Number(value)));
}
