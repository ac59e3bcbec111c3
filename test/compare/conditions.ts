import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@keyv/redis';
import { nameOf } from './contender.js';
import { ROSTER } from './roster.js';
import { table } from './table.js';

/** Beside the contenders themselves, what decides how they behave. */
const PACKAGES = [
  'cache-manager',
  'bentocache',
  'cacheable',
  'keyv',
  '@keyv/redis',
  '@redis/client',
  'ioredis',
  '@qified/redis',
];

/** What the figures depend on, and nothing that names the machine. */
export async function conditions(root: string, redisUrl: string): Promise<string> {
  const versions = await Promise.all(PACKAGES.map(async (name) => `${name} ${await versionOf(root, name)}`));
  const processors = cpus();
  const [processor] = processors;
  return [
    `${processor?.model.trim() ?? 'unknown processor'}, ${processors.length} cores, ${process.platform} ${process.arch}`,
    `Node ${process.version.slice(1)}, Redis ${await redisVersion(redisUrl)}`,
    versions.join(', '),
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

/** How each contender was set up. */
export function setUps(): string {
  const rows = ROSTER.map((setUp) => [nameOf(setUp), setUp.options, setUp.purposes.join(', ')]);
  return table(['', 'options', 'Redis is'], rows);
}

async function versionOf(root: string, name: string): Promise<string> {
  const folders = createRequire(join(root, 'package.json')).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => undefined);
    const found: unknown = text && JSON.parse(text);
    if (found && typeof found === 'object' && 'version' in found) return String(found.version);
  }
  return 'unknown';
}

async function redisVersion(url: string): Promise<string> {
  const client = createClient({ url });
  await client.connect();
  const info = await client.info('server').finally(() => client.destroy());
  return /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
}
