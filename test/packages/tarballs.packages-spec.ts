import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from './support/run.js';

const libraries = ['redis', 'cache', 'health', 'observability', 'admin', 'dashboard'];
const folder = inject('packagesFolder');
const tarball = (library: string) => join(folder, 'tarballs', `${library}.tgz`);
const check = (tool: string, ...args: string[]) =>
  run(join(folder, 'tools/node_modules/.bin', tool), args, { cwd: folder });
const publint = (path: string) => check('publint', path, '--strict');
const attw = (path: string) => check('attw', path, '--profile', 'esm-only', '--format', 'ascii');

describe.each(libraries)('the tarball of @nuthatch/%s', (library) => {
  it('contains JavaScript, declarations, README, LICENSE and CHANGELOG, and nothing else', async () => {
    const files = (await run('tar', ['tzf', tarball(library)], { cwd: folder })).trim().split('\n');
    const [compiled, others] = [
      files.filter((file) => file.startsWith('package/dist/')),
      files.filter((file) => !file.startsWith('package/dist/')).toSorted(),
    ];
    // The page of the dashboard has a style.
    expect(compiled.filter((file) => !/\.(js|d\.ts)$|page-assets\/page\.\w+\.css$/.test(file))).toEqual([]);
    expect(compiled.filter((file) => /[.-](spec|test-d)\./.test(file))).toEqual([]);
    expect(compiled).toContain('package/dist/index.d.ts');
    expect(others).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'].map((name) => `package/${name}`));
  });

  it('passes publint and are-the-types-wrong', async () => {
    expect(await publint(tarball(library))).toContain('All good!');
    expect(await attw(tarball(library))).toContain('node16 (from ESM): 🟢 (ESM)');
  });
});

it('the tarball of @nuthatch/cache has at most 150 kB', async () => {
  expect((await stat(tarball('cache'))).size).toBeLessThanOrEqual(150_000);
});

describe('a tarball with a wrong entry', () => {
  const broken = join(folder, 'broken');

  beforeAll(async () => {
    await run('tar', ['xzf', tarball('cache'), '--one-top-level=broken'], { cwd: folder });
    const file = join(broken, 'package/package.json');
    const manifest: { exports: Record<string, unknown> } = JSON.parse(await readFile(file, 'utf8'));
    manifest.exports['./testing'] = { types: './dist/testing.d.ts', default: './dist/testing.js' };
    await writeFile(file, JSON.stringify(manifest));
    await run('tar', ['czf', 'broken.tgz', '-C', 'broken', 'package'], { cwd: folder });
  });

  it('is rejected by publint and by are-the-types-wrong', async () => {
    await expect(publint(join(folder, 'broken.tgz'))).rejects.toThrow(/testing\.js.* does not exist/);
    await expect(attw(join(folder, 'broken.tgz'))).rejects.toThrow(/Resolution failed/);
  });
});
