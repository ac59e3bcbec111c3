import { setTimeout } from 'node:timers/promises';
import { NotFoundException } from '@nestjs/common';
import { type Instance, outcome } from './instance.js';
import { proxy } from './redis.js';
import { shortLived, userIdByEmail, userNames, usersTag } from './user-lists.cache.js';
import { type User, userById } from './users.cache.js';

const UNKNOWN = '01941f29-b054-7577-8b9d-a674943f19e8';
const OTHER_UNKNOWN = '01941f29-b054-7577-8b9d-a674943f19e9';

/** The most that another instance may be behind, if a message is lost: `maxStaleness`. */
const otherInstances = () => setTimeout(1_000);

export async function aRead(a: Instance, b: Instance, id: string): Promise<void> {
  for (const instance of [a, a, b, b]) await instance.show(id);
}

export async function aWrite(a: Instance, b: Instance, id: string): Promise<void> {
  const cache = a.cache(userById);
  const write = () => a.rename(id, 'Ada King');
  await cache.writeThrough(id, write); // update users set name = … returning *
  await otherInstances();
  for (const instance of [a, b]) await instance.show(id);
}

export async function aList(a: Instance, b: Instance, id: string): Promise<void> {
  await showNames(a);
  await showNames(a);
  await rename(b, id, 'Ada Byron');
  await otherInstances();
  await showNames(a);
}

async function rename(instance: Instance, id: string, name: string): Promise<void> {
  const cache = instance.cache(userById);
  const write = () => instance.rename(id, name);
  await cache.writeThrough(id, write, { tags: [usersTag] });
}

async function showNames(instance: Instance): Promise<void> {
  const { pool } = instance;
  const select = 'select name from users order by name limit 10';
  const load = async () => (await pool.query<User>(select)).rows.map(({ name }) => name);
  const found = await instance.cache(userNames).read({ limit: 10 }, load);
  instance.print(outcome(found), JSON.stringify(found?.answer.value));
}

export async function absence(a: Instance, b: Instance): Promise<void> {
  for (const instance of [a, a, b]) await instance.show(UNKNOWN);
}

export async function stale(a: Instance, _: Instance, id: string): Promise<void> {
  const show = async (load: () => Promise<User | undefined>) => {
    const found = await a.cache(shortLived).read(id, load);
    console.log(`${outcome(found).padEnd(30)}  ${found?.answer.value?.name}, version ${found?.answer.value?.version}`);
  };
  await show(() => a.select(id));
  await setTimeout(1_300);
  await show(() => a.select(id)); // does not wait: the load runs in the background
  await setTimeout(500);
  await show(() => a.select(id));
  await setTimeout(4_500);
  await show(() => Promise.reject(new Error('PostgreSQL is down')));
}

export async function aTransaction(a: Instance, b: Instance, id: string): Promise<void> {
  const lookUp = async (email: string) => {
    const select = 'select id from users where email = $1';
    const load = async () => (await b.pool.query<User>(select, [email])).rows[0]?.id;
    const found = await b.cache(userIdByEmail).read(email, load);
    b.print(outcome(found), email, String(found?.answer.value));
  };
  for (const email of ['ada@example.com', 'ada@example.org']) await lookUp(email);
  a.print(await changeEmail(a, id, 'ada@example.org'), 'changeEmail');
  await otherInstances();
  for (const email of ['ada@example.com', 'ada@example.org']) await lookUp(email);
}

async function changeEmail({ caches, pool }: Instance, id: string, email: string): Promise<string> {
  const { applied } = await caches.write(async (tx) => {
    await Promise.all([tx.invalidate(userById, id), tx.invalidate(userIdByEmail, email)]);
    await tx.invalidateTags([usersTag]);
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<User>('select * from users where id = $1 for update', [id]);
      if (!rows[0]) throw new NotFoundException();
      await tx.invalidate(userIdByEmail, rows[0].email); // known only now
      await client.query('update users set email = $2, version = version + 1 where id = $1', [id, email]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  });
  return applied;
}

export async function aRoute(a: Instance, b: Instance, id: string): Promise<void> {
  await rename(b, id, 'Ada Byron');
  await otherInstances();
  for (const path of [id, id, OTHER_UNKNOWN, OTHER_UNKNOWN]) {
    const { status, headers } = await fetch(`${await a.app.getUrl()}/users/${path}`);
    console.log(`HTTP ${status}  ${headers.get('cache-status') ?? '-'}  ${headers.get('etag') ?? ''}`.trimEnd());
  }
}

export async function redisIsDown(a: Instance, b: Instance, id: string): Promise<void> {
  proxy.refuse();
  proxy.cut();
  while (a.caches.channel.connected) await setTimeout(10);
  await a.show(id);
  await rename(a, id, 'Ada King');
  console.log(`A  renamed             pending invalidations: ${a.caches.pending}`);
  await a.show(id);
  a.print(await changeEmail(a, id, 'ada@example.net'), 'changeEmail');
  await proxy.accept();
  await Promise.all([a.caches.ready(), b.caches.ready()]);
  while (a.caches.pending > 0) await setTimeout(10);
  console.log(`A  Redis is back       pending invalidations: ${a.caches.pending}`);
  for (const instance of [b, a]) await instance.show(id);
}

export async function aStrongRead(_: Instance, b: Instance, id: string): Promise<void> {
  const cache = b.cache(userById);
  const load = () => b.select(id);
  await b.show(id);
  const found = await cache.read(id, load, { strong: true });
  b.print(outcome(found), `version ${found?.answer.value?.version}`, 'strong');
}

export async function whyAMiss(a: Instance, b: Instance, id: string): Promise<void> {
  const names = a.cache(userNames);
  const explain = async () => {
    const { state, tier, invalidatedBy } = await names.explain({ limit: 10 });
    console.log(JSON.stringify({ state, tier, invalidatedBy }));
  };
  await showNames(a);
  await explain();
  await rename(b, id, 'Ada Byron');
  await otherInstances();
  await explain();
}
