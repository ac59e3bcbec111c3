import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../../../../test/support/redis-server.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { givenDatabase, givenFollower } from './given-outbox.js';

const users = defineCache<object>('users.byId', {
  ttl: '1m',
  from: { table: 'users', key: 'id', tags: ['users', 'user.{id}'] },
});
const TABLE = 'CREATE TABLE users (id int PRIMARY KEY)';
/**
 * `REPLAY_SECONDS=900 npm test -- libs/cache/test/outbox/costs.spec.ts` replays the changes of the whole time of retention, at 1,000
 * per second, and judges strictly.
 */
const measured = process.env['REPLAY_SECONDS'];
const SECONDS = Number(measured ?? 90);
const CHANGES = 1_000 * SECONDS;
const CHANGED_USERS = 2_000;
/**
 * For 900 s, in processor time: the machine of the tests is shared, and the database reads meanwhile. The second limit is for a machine
 * of a third of the speed.
 */
const MOST_MS = measured ? 10_000 : 30_000;
const REPLAY_MS = (MOST_MS / 900) * SECONDS;
const IDLE_POLLS = 100;
const IDLE_ROUNDS = 5;
const IDLE_MS = 1;

async function given() {
  const redis = await startRedis();
  onTestFinished(() => redis.kill());
  const { url, pool } = await givenDatabase([TABLE], [users]);
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const { relay, runtime } = await givenFollower(client, redis.url, { caches: [users], polls: false });
  await relay.poll();
  await relay.poll();
  return { pool, relay, runtime };
}

describe('the cost of the relay', () => {
  it(`applies ${CHANGES} changes at a rate of 900,000 in ${MOST_MS / 1_000} s`, { timeout: 60_000 }, async () => {
    const { pool, relay, runtime } = await given();
    const checkpoint = await runtime.outbox.progress.checkpoint();
    await pool.query(
      `INSERT INTO cache_outbox (keys, tags, at)
       SELECT jsonb_build_object('users.byId', jsonb_build_array((n % $1)::text)), ARRAY['users', 'user.' || n % $1],
         now() - interval '5 min'
       FROM generate_series(1, $2::int) AS n`,
      [CHANGED_USERS, CHANGES],
    );
    const [startedAt, before] = [performance.now(), process.cpuUsage()];
    await relay.poll();
    const took = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    process.stderr.write(
      `Replay: ${CHANGES} changes in ${took.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of them on this processor\n`,
    );
    expect(await runtime.outbox.progress.checkpoint()).not.toBe(checkpoint);
    expect(cpuMs).toBeLessThan(REPLAY_MS);
  });

  it(`takes at most ${IDLE_MS} ms of processor time per poll while nothing changes`, async () => {
    const { relay } = await given();
    const rounds: number[] = [];
    // The first one compiles. In one of the others, the garbage of the replay may be collected, so the median counts.
    for (let round = 0; round <= IDLE_ROUNDS; round += 1) {
      const before = process.cpuUsage();
      for (let count = 0; count < IDLE_POLLS; count += 1) await relay.poll();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) rounds.push((user + system) / 1_000 / IDLE_POLLS);
    }
    const perPoll = rounds.toSorted((one, other) => one - other)[(IDLE_ROUNDS - 1) / 2];
    if (perPoll === undefined) throw new Error('There is no median.');
    process.stderr.write(`Idle: ${perPoll.toFixed(2)} ms of processor time per poll\n`);
    expect(perPoll).toBeLessThanOrEqual(IDLE_MS);
  });
});
