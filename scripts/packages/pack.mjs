/** `npm run pack`: compiles the libraries and writes one tarball for each to `dist/packages`. */
import '../run/require-node.mjs';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildLibs } from './build-libs.mjs';
import { bundle } from './bundle.mjs';
import { libraries } from './libraries.mjs';
import { withAbsoluteLinks } from './published-files.mjs';

const root = join(import.meta.dirname, '../..');
const stages = join(root, 'node_modules/.cache/nuthatch/stages');
const target = join(root, 'dist/packages');

/** Returns the tarballs: `{ library, file, bytes }`. */
export async function pack() {
  await buildLibs();
  for (const folder of [stages, target]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const staged = await Promise.all(libraries.map(stage));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', target, ...staged];
  const { status, stdout, stderr, error } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack failed: ${error?.message ?? stderr}`);
  return Object.values(JSON.parse(stdout)).map(({ name, filename, size }) => ({
    library: name.slice('@nuthatch/'.length),
    file: join(target, filename),
    bytes: size,
  }));
}

/** Writes the files of a package, which the folder of the library does not have in this form, and returns their folder. */
async function stage(library) {
  const { name, folder, manifest } = library;
  const staged = join(stages, name);
  mkdirSync(staged);
  writeFileSync(join(staged, 'package.json'), JSON.stringify(manifest, null, 2));
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  writeFileSync(join(staged, 'README.md'), withAbsoluteLinks(readme, manifest));
  cpSync(join(folder, 'LICENSE'), join(staged, 'LICENSE'));
  cpSync(changelogOf(folder), join(staged, 'CHANGELOG.md'));
  await bundle(library, join(staged, 'dist'));
  const assets = join(folder, 'dist/page/page-assets');
  if (existsSync(assets)) cpSync(assets, join(staged, 'dist/page-assets'), { recursive: true });
  return staged;
}

function changelogOf(folder) {
  const found = [folder, root].map((each) => join(each, 'CHANGELOG.md')).find(existsSync);
  if (!found) throw new Error(`${relative(root, folder)} has no CHANGELOG.md, and the repository has none either.`);
  return found;
}

if (realpathSync(process.argv[1] ?? '') === import.meta.filename) {
  for (const { file, bytes } of await pack()) console.log(`${relative(root, file)} (${Math.ceil(bytes / 1_000)} kB)`);
}
