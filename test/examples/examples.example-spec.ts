import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../support/postgres-server.js';
import { examples, work } from './folders.js';
import { installPackages } from './install.js';
import { asPublished, readmeFiles } from './readme-code.js';

const run = promisify(execFile);
const names = (await readdir(examples, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  .map(({ name }) => name);
/** What a reader may have installed or built in the folder of an example. */
const made = new Set(['node_modules', 'dist']);

/** Compiles an example and runs it with its own database and an empty Redis. Returns what it prints. */
async function outputOf(name: string, files: ReadonlyMap<string, string> = new Map()): Promise<string> {
  const folder = join(work, name);
  await rm(folder, { recursive: true, force: true });
  await cp(join(examples, name), folder, { recursive: true, filter: (path) => !made.has(basename(path)) });
  for (const [file, text] of files) await writeFile(join(folder, 'src', file), text);
  await useServer(join(folder, 'src'));
  await runOrReport(join(work, 'node_modules/.bin/tsc'), ['-p', folder]);
  const env = { ...process.env, DATABASE_URL: await createDatabase(inject('postgresUrl')), NO_COLOR: '1' };
  return runOrReport(process.execPath, [join(folder, 'dist/main.js')], env);
}

/** Returns what a program prints. @throws with all that it printed, if it fails, takes too long, or prints an error. */
async function runOrReport(program: string, args: readonly string[], env = process.env): Promise<string> {
  const failed = (error: { stdout: string; stderr: string }) => ({ ...error, failure: error });
  const ended = await run(program, args, { env, timeout: 90_000, killSignal: 'SIGKILL' }).catch(failed);
  const { stdout, stderr } = ended;
  if ('failure' in ended || stderr !== '') throw new Error(`${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

let databases = 0;

/**
 * The examples use the Redis of a reader's machine. Each gets a database of its own on the one of the tests, and long timeouts: on a
 * busy machine, a read that times out would query the database once more.
 */
async function useServer(folder: string): Promise<void> {
  databases += 1;
  const url = `${inject('redisUrl')}/${databases}`;
  const connection = `redis: { topology: { mode: 'single', url: '${url}' }, operationTimeoutMs: 5_000, bootTimeoutMs: 20_000 }`;
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'utf8');
    const changed = text
      .replaceAll("redis: 'redis://localhost:6379'", connection)
      .replaceAll('redis://localhost:6379', url);
    await writeFile(join(folder, file), changed);
  }
}

describe('examples', () => {
  beforeAll(async () => {
    await cp(join(examples, 'tsconfig.json'), join(work, 'tsconfig.json'), { recursive: true });
    await installPackages(process.env['EXAMPLES_TARBALLS']);
  });

  it.each(names)('%s prints its output', async (name) => {
    await expect(asPublished(await outputOf(name))).toMatchFileSnapshot(join(examples, name, 'output.txt'));
  });

  it('the code of the README of the cache is the quick start, and prints the output that it shows', async () => {
    const { files, shown } = await readmeFiles();
    expect(await readFile(join(examples, 'quick-start/src/users.ts'), 'utf8')).toBe(files.get('users.ts'));
    const output = await outputOf('quick-start', files);
    expect(output).toBe(shown);
  });

  it.each(names)('%s uses the versions that the lock file of the examples pins', async (name) => {
    const read = async (path: string) => JSON.parse(await readFile(join(examples, path), 'utf8'));
    const pinned = await read('package.json');
    const own = await read(join(name, 'package.json'));
    const { '@nuthatch/cache': library, ...others } = own.dependencies;
    expect(library).toBe('^0.1.0');
    expect({ ...pinned.dependencies, ...pinned.devDependencies }).toMatchObject({ ...others, ...own.devDependencies });
  });
});
