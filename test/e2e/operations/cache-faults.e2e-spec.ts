import { afterEach, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { type RedisServer, startRedis } from '../../support/redis-server.js';

const OPERATION_TIMEOUT_MS = 100;

describe('requests during an outage of Redis', () => {
  let app: AppProcess;
  let redis: RedisServer;

  afterEach(async () => {
    await app.kill();
    await redis.kill();
  });

  async function givenTraffic() {
    redis = await startRedis();
    app = await startApp({
      DATABASE_URL: await createDatabase(inject('postgresUrl')),
      REDIS_URL: redis.url,
      LOG_LEVEL: 'warn',
    });
    const ids = await Promise.all(Array.from({ length: 10 }, (_, index) => createUser(app.url, index)));
    await eventually(async () => expect(await xCache(`/users/${ids[0]}`)).toBe('HIT'));
    return new Traffic(app.url, ids);
  }

  async function moreRequests(traffic: Traffic, requests: number): Promise<void> {
    const goal = traffic.count + requests;
    await eventually(() => expect(traffic.count).toBeGreaterThan(goal), { within: 20_000 });
  }

  const xCache = async (path: string) => (await fetch(`${app.url}${path}`)).headers.get('x-cache');
  const health = async (): Promise<string> =>
    (JSON.parse(await (await fetch(`${app.url}/health`)).text()) as { status: string }).status;

  it('are all answered when Redis is killed, and are hits again within 5 s of its restart', async () => {
    const traffic = await givenTraffic();
    await moreRequests(traffic, 100);
    await redis.kill();
    await moreRequests(traffic, 100);
    await eventually(async () => expect(await health()).toBe('degraded'), { within: 2_000 });
    await redis.start();
    const returnedAt = performance.now();
    await eventually(async () => expect(await xCache('/users')).toBe('HIT'), { within: 5_000 });
    expect(performance.now() - returnedAt).toBeLessThan(5_000);
    await moreRequests(traffic, 100);
    const { statuses } = await traffic.stop();
    expect(statuses).toEqual([200]);
  });

  it('wait at most two operations and the load while Redis is frozen, and are hits again afterwards', async () => {
    const traffic = await givenTraffic();
    const calm = traffic.longestMs();
    redis.freeze();
    await eventually(async () => expect(await health()).toBe('degraded'), { within: 3_000 });
    await moreRequests(traffic, 200);
    const { statuses } = await traffic.stop();
    expect(statuses).toEqual([200]);
    // A load takes as long as the longest request before the outage. The margin covers the scheduling of a busy machine.
    expect(traffic.longestMs()).toBeLessThan(2 * OPERATION_TIMEOUT_MS + calm + 150);
    redis.thaw();
    await eventually(async () => expect(await xCache('/users')).toBe('HIT'), { within: 5_000 });
  });

  it('never return the old value after a write during the outage, once Redis is up again', async () => {
    const traffic = await givenTraffic();
    const path = `/users/${traffic.ids[0]}`;
    redis.freeze();
    await eventually(async () => expect(await health()).toBe('degraded'), { within: 3_000 });
    const patched = await fetch(`${app.url}${path}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Anna' }),
    });
    expect(patched.status).toBe(200);
    // The old value is still in Redis.
    redis.thaw();
    const names = new Set<string>();
    await eventually(async () => {
      const response = await fetch(`${app.url}${path}`);
      names.add(nameIn(await response.text()));
      expect(response.headers.get('x-cache')).toBe('HIT');
    });
    expect([...names]).toEqual(['Anna']);
    await traffic.stop();
  });
});

const nameIn = (text: string): string => (JSON.parse(text) as { name: string }).name;

async function createUser(url: string, index: number): Promise<string> {
  const response = await fetch(`${url}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ann', email: `ann${index}@example.com` }),
  });
  return (JSON.parse(await response.text()) as { id: string }).id;
}

/** Runs four clients that read users and lists, one request after the other, until {@link stop}. */
class Traffic {
  readonly #statuses = new Set<number>();
  readonly #clients: Promise<void>[];
  #running = true;
  #count = 0;
  #longestMs = 0;

  constructor(
    private readonly url: string,
    readonly ids: readonly string[],
  ) {
    this.#clients = Array.from({ length: 4 }, () => this.#run());
  }

  longestMs(): number {
    return this.#longestMs;
  }

  get count(): number {
    return this.#count;
  }

  /** Rejects if a request failed. */
  async stop(): Promise<{ readonly statuses: number[] }> {
    this.#running = false;
    await Promise.all(this.#clients);
    return { statuses: [...this.#statuses] };
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const path = this.#count % 5 === 0 ? '/users' : `/users/${this.ids[this.#count % this.ids.length]}`;
      const sentAt = performance.now();
      const response = await fetch(`${this.url}${path}`);
      await response.text();
      this.#longestMs = Math.max(this.#longestMs, performance.now() - sentAt);
      this.#statuses.add(response.status);
      this.#count += 1;
    }
  }
}
