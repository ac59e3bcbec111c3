import { Test } from '@nestjs/testing';
import { type Cache, CacheModule, CacheRegistry, defineCache } from '@nuthatch/cache';
import { Metrics, MetricsModule } from '@nuthatch/observability/metrics';
import { expect, it, onTestFinished } from 'vitest';

const CACHES = 20;
/** The first ones are compiled. */
const SCRAPES = 200;
const MOST_MS = 5;

it('writes the metrics of 20 caches within 5 ms', async () => {
  const caches = Array.from({ length: CACHES }, (_, place) => defineCache<number>(`cache-${place}`, { ttl: '60s' }));
  const app = await Test.createTestingModule({
    imports: [CacheModule.forRoot({ caches }), MetricsModule.forRoot({ serve: 'off' })],
  }).compile();
  onTestFinished(() => app.close());
  for (const { name } of caches) {
    const cache = app.get(CacheRegistry).caches.get(name);
    await useEachWay(cache);
  }
  const metrics = app.get(Metrics);
  const times: number[] = [];
  let text = '';
  for (let count = 0; count < SCRAPES; count += 1) {
    const startedAt = performance.now();
    text = (await metrics.scrape('text/plain')).body;
    times.push(performance.now() - startedAt);
  }
  expect(text.match(/^cache_gets_total\{cache="cache-\d+",result="hit"\} 1$/gm)).toHaveLength(CACHES);
  const [fastest, median] = [0, SCRAPES / 2].map((rank) => times.toSorted((one, other) => one - other)[rank] ?? 0);
  process.stderr.write(`Scrape: median ${median?.toFixed(2)} ms, fastest ${fastest?.toFixed(2)} ms\n`);
  // Another process may interrupt some scrapes, but not all of them.
  expect(fastest).toBeLessThan(MOST_MS);
});

/** Makes a miss, a hit and an error, so that the cache has a histogram of each. */
async function useEachWay(cache: Cache<unknown, unknown> | undefined): Promise<void> {
  await cache?.readThrough('k', async () => 1);
  await cache?.readThrough('k', async () => 1);
  await cache?.readThrough('failing', () => Promise.reject(new Error('down'))).catch(() => 0);
}
