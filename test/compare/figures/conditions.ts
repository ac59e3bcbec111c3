import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@keyv/redis';

export interface ConditionsOptions {
  /** The root of the repository. */
  readonly root: string;
  readonly redisUrl: string;
  /** The packages whose versions matter. */
  readonly packages: readonly string[];
}

/** Returns what the figures depend on, without anything that identifies the machine. */
export async function conditions({ root, redisUrl, packages }: ConditionsOptions): Promise<string> {
  const versions = await Promise.all(packages.map(async (name) => `${name} ${await versionOf(root, name)}`));
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
