import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export interface Roles {
  /** The address of the database for the migration, which may change the schema. */
  readonly owner: string;
  /** The address for the instances, which may read and write rows. */
  readonly instances: string;
}

/** Creates a database with the two roles of docs/operations/kubernetes.md. */
export async function createRoles(postgresUrl: string): Promise<Roles> {
  const suffix = randomUUID().replaceAll('-', '');
  const [database, owner, instances] = [`app_${suffix}`, `owner_${suffix}`, `instances_${suffix}`];
  await query(postgresUrl, [
    `create role ${owner} login`,
    `create role ${instances} login`,
    `create database ${database} owner ${owner}`,
  ]);
  const addressOf = (username: string) => Object.assign(new URL(postgresUrl), { username, pathname: database }).href;
  await query(addressOf(owner), [`alter default privileges grant select, insert, update on tables to ${instances}`]);
  return { owner: addressOf(owner), instances: addressOf(instances) };
}

async function query(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
