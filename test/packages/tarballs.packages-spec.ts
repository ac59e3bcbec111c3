import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { typeErrors } from './support/fresh-app.js';
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

it('the declarations of @nuthatch/cache describe no service behind the caches', async () => {
  const declarations = await run('tar', ['xzf', tarball('cache'), '--to-stdout', '--wildcards', '*.d.ts'], {
    cwd: folder,
  });
  expect(declarations).toMatch(/class CacheRegistry\b/);
  expect(declarations).not.toMatch(/\b(CacheRuntime|ActiveWrite|Coherence|PendingInvalidations)\b/);
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

describe('the check of types in applications', () => {
  it('reports a wrong declaration of a library, and leaves out one of another package', async () => {
    const application = join(folder, 'wrong-declarations');
    const write = async (file: string, text: string) => {
      await mkdir(dirname(join(application, file)), { recursive: true });
      await writeFile(join(application, file), text);
    };
    const options = { module: 'nodenext', skipLibCheck: true, types: [] };
    await write('tsconfig.build.json', JSON.stringify({ compilerOptions: options, include: ['main.ts'] }));
    await write('main.ts', "export * from '@nuthatch/owl';\nexport * from 'hawk';\n");
    for (const name of ['@nuthatch/owl', 'hawk']) {
      await write(`node_modules/${name}/package.json`, JSON.stringify({ name, types: 'index.d.ts' }));
      await write(
        `node_modules/${name}/index.d.ts`,
        `export declare const wings: ${name.length > 4 ? 'Wing' : 'Feather'};`,
      );
    }
    const packages = join(folder, 'nest-12/node_modules');
    for (const name of ['typescript', '@types'])
      await symlink(join(packages, name), join(application, 'node_modules', name));

    const errors = await typeErrors(application);
    expect(errors).toContain("node_modules/@nuthatch/owl/index.d.ts(1,29): error TS2304: Cannot find name 'Wing'.");
    expect(errors).not.toContain('Feather');
  });
});
