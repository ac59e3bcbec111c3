import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const sources = ['apps', 'libs', 'nest-cli.json', 'package-lock.json', 'rspack.config.js', 'tsconfig.json'];

export const main = join(root, 'dist/apps/api/main.js');

/** Builds the app unless what was built is newer than every source. */
export function buildIfNeeded() {
  if (newest(sources.map((name) => join(root, name))) < modified(main)) return;
  console.log('Building …');
  const started = new Date();
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [nest, 'build', 'api'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.error(stdout + stderr);
    process.exit(status || 1);
  }
  // rspack leaves a file alone whose content stays the same. The start: what changed during the build is built next time.
  utimesSync(main, started, started);
}

/** Folders count too: theirs changes when a file in them is removed or renamed. */
function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(path);
      if (!stat.isDirectory()) return stat.mtimeMs;
      const children = readdirSync(path).filter((name) => name !== 'node_modules' && name !== 'dist');
      return Math.max(stat.mtimeMs, newest(children.map((name) => join(path, name))));
    }),
  );
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
}
