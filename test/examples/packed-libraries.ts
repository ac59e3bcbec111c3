import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { root } from './folders.js';

const run = promisify(execFile);

/** In this order, because each imports those before it. */
const LIBRARIES = ['redis', 'cache'];

/** Installs our libraries into `target`, a `node_modules/@nuthatch`: from a folder of tarballs, or else from the sources. */
export async function installLibraries(target: string, tarballs: string | undefined): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const name of LIBRARIES) {
    const folder = join(target, name);
    await mkdir(folder);
    if (tarballs === undefined) await compile(name, target);
    else await run('tar', ['-xzf', await tarballOf(name, tarballs), '-C', folder, '--strip-components', '1']);
  }
}

async function tarballOf(name: string, tarballs: string): Promise<string> {
  const found = (await readdir(tarballs)).find((file) => file.startsWith(`nuthatch-${name}-`) && file.endsWith('.tgz'));
  if (!found) throw new Error(`${tarballs} has no tarball of @nuthatch/${name}. Run: npm run pack`);
  return join(tarballs, found);
}

/** Compiles a library as its package: JavaScript and declarations in `dist`. */
async function compile(name: string, target: string): Promise<void> {
  const source = join(root, 'libs', name);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { fileNames, options } = ts.parseJsonConfigFileContent(
    {
      ...config,
      include: [join(source, 'src')],
      exclude: [join(source, '**/*.spec.ts'), join(source, '**/*.test-d.ts')],
    },
    ts.sys,
    root,
  );
  const before = Object.fromEntries(
    LIBRARIES.map((each) => [`@nuthatch/${each}`, [join(target, each, 'dist/index.d.ts')]]),
  );
  const output = { noEmit: false, declaration: true, sourceMap: false, rootDir: join(source, 'src'), paths: before };
  const program = ts.createProgram(fileNames, { ...options, ...output, outDir: join(target, name, 'dist') });
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, ts.createCompilerHost(options)));
  program.emit();
  await cp(join(source, 'package.json'), join(target, name, 'package.json'));
}
