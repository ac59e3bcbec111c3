/**
 * `npm run release:version`: raises the version of all packages by the changes that wait in .changeset, moves their sentences into
 * CHANGELOG.md, and updates package-lock.json. It commits nothing.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChange, sectionOf, withSection } from './changes.mjs';

const root = join(import.meta.dirname, '../..');
const text = (path) => readFileSync(join(root, path), 'utf8');

const files = globSync('.changeset/*.md', { cwd: root }).filter((file) => !file.endsWith('README.md'));
if (files.length === 0) {
  console.log('No change waits in .changeset, so there is nothing to release.');
} else {
  const changes = files.toSorted().map((file) => readChange(file, text(file)));
  run(process.execPath, join(root, 'node_modules/@changesets/cli/bin.js'), 'version');
  const { version } = JSON.parse(text('libs/cache/package.json'));
  writeFileSync(join(root, 'package.json'), text('package.json').replace(/("version": )"[^"]+"/, `$1"${version}"`));
  writeFileSync(join(root, 'CHANGELOG.md'), withSection(text('CHANGELOG.md'), sectionOf(version, changes)));
  run('npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund');
  console.log(`Raised the version to ${version}. Review the diff, and commit it as "chore: release ${version}".`);
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} exited with ${status}.`);
}
