import { Pool } from 'pg';
import { defineCache } from '../../../libs/cache/src/core/policy/define-cache.js';
import { outboxMigration } from '../../../libs/cache/src/outbox/migration/migration.js';
import { table } from '../../compare/figures/table.js';
import { startPostgres } from '../../support/postgres-server.js';
import { median } from '../median.js';
import { updatesPerSecond } from './updates.js';

/** The most that the triggers may cost an update of one row. */
const BAR = 0.35;
const WRITERS = [1, 8, 32];
const ROWS = 10_000;
const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 5;
/** Both tables are measured in turn, many times per round, because a slow moment of the machine affects both. */
const [slices, seconds] = quick ? [4, 0.25] : [12, 0.25];

/** The caches of a table of users: by id, by e-mail, a list, and lists that hold one user. */
const policy = { ttl: '1m' } as const;
const caches = [
  defineCache<object>('users.byId', { ...policy, from: { table: 'with_outbox', key: 'id' } }),
  defineCache<object>('users.byEmail', { ...policy, from: { table: 'with_outbox', key: 'email' } }),
  defineCache<object>('users.page', { ...policy, from: { table: 'with_outbox', tags: ['users'] } }),
  defineCache<object>('orders.page', { ...policy, from: { table: 'with_outbox', tags: ['users.{id}'] } }),
];

const server = await startPostgres({ durable: true });
const pool = new Pool({ connectionString: server.url, max: Math.max(...WRITERS) });
// The server may end before its last connection is closed.
pool.on('error', () => {});
try {
  for (const name of ['bare', 'with_outbox']) {
    await pool.query(
      `CREATE TABLE ${name} (id int PRIMARY KEY, email text, name text, version int NOT NULL) WITH (fillfactor = 50)`,
    );
    await pool.query(
      `INSERT INTO ${name} SELECT n, n || '@example.org', 'Ada', 1 FROM generate_series(1, ${ROWS}) AS n`,
    );
  }
  for (const statement of outboxMigration(caches).up) await pool.query(statement);

  const lines: string[][] = [];
  let held = true;
  for (const writers of WRITERS) {
    const costs: number[] = [];
    const figures: { readonly bare: number; readonly withOutbox: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await pool.query('TRUNCATE cache_outbox');
      const measure = (name: string) => updatesPerSecond(pool, { table: name, writers, seconds, rows: ROWS });
      let [bare, withOutbox] = [0, 0];
      for (let slice = 0; slice < slices; slice += 1) {
        bare += (await measure('bare')) / slices;
        withOutbox += (await measure('with_outbox')) / slices;
      }
      figures.push({ bare, withOutbox });
      costs.push(1 - withOutbox / bare);
    }
    const cost = median(costs);
    held &&= cost <= BAR;
    lines.push([
      `${writers}`,
      median(figures.map(({ bare }) => bare)).toFixed(0),
      median(figures.map(({ withOutbox }) => withOutbox)).toFixed(0),
      `${(cost * 100).toFixed(0)} %`,
    ]);
  }
  process.stdout.write(`${table(['>writers', '>bare updates/s', '>with triggers', '>cost'], lines)}\n`);
  if (!quick && !held) {
    process.stderr.write(`The triggers cost more than ${BAR * 100} %.\n`);
    process.exitCode = 1;
  }
} finally {
  await pool.end();
  await server.stop();
}
