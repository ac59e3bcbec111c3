import { expect, onTestFinished } from 'vitest';
import { startRedis } from '../../support/redis-server.js';
import { ADMIN_TOKENS } from './check-administration.js';
import type { FreshApp, RunningApp } from './fresh-app.js';
import { type NodeMajor, nodeProgram } from './nodes.js';

const patience = { timeout: 30_000 };

/** The longest time of an answer. Without deadlines, a request that waits for a Redis that is down takes more than 10 s. */
const DEADLINE_MS = 5_000;

/**
 * Starts the built application twice and checks reads and writes of `app/users.ts`, with Redis and without. `more` checks the first
 * instance in both states.
 */
export async function checkUsers(
  app: FreshApp,
  major: NodeMajor,
  more: (instance: RunningApp, redisIsUp: boolean) => Promise<void> = async () => {},
): Promise<void> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const env = { REDIS_URL: redis.url, ADMIN_TOKENS };
  const start = async (): Promise<RunningApp> => {
    const instance = await app.start(nodeProgram(major), env);
    onTestFinished(async () => void (await instance.stop()));
    return instance;
  };
  const [one, other] = await Promise.all([start(), start()]);

  expect(await getUser(one)).toEqual(['Ada', expect.stringContaining('; fwd=')]);
  // On a busy machine, Redis may be late, and then a read goes to the origin.
  await expect.poll(() => getUser(one), patience).toEqual(['Ada', expect.stringMatching(/; hit; .*detail=l1/)]);
  await expect.poll(() => getUser(other), patience).toEqual(['Ada', expect.stringMatching(/; hit; .*detail=l2/)]);
  expect(await renameUser(one, 'Grace')).toBe(200);
  expect(await getUser(one)).toEqual(['Grace', expect.any(String)]);
  await expect.poll(() => getUser(other), patience).toEqual(['Grace', expect.stringContaining('; hit')]);
  await more(one, true);

  await redis.kill();
  expect(await renameUser(one, 'Hedy')).toBe(200);
  expect(await getUser(one)).toEqual(['Hedy', expect.any(String)]);
  await more(one, false);
}

/** Returns the name of user 7, and the header `Cache-Status`. */
async function getUser({ url }: RunningApp): Promise<[name: string, cacheStatus: string | null]> {
  const response = await fetch(`${url}/users/7`, { signal: AbortSignal.timeout(DEADLINE_MS) });
  const { name }: { name: string } = JSON.parse(await response.text());
  return [name, response.headers.get('cache-status')];
}

async function renameUser({ url }: RunningApp, name: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name });
  const { status } = await fetch(`${url}/users/7`, {
    method: 'PUT',
    headers,
    body,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  return status;
}
