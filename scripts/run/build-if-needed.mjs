import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress } from '../process/progress.mjs';
import { runProgram } from '../process/run-program.mjs';

const root = join(import.meta.dirname, '../..');
const sources = ['apps', 'libs', 'nest-cli.json', 'package-lock.json', 'rspack.config.js', 'tsconfig.json'];

export const main = join(root, 'dist/apps/api/main.js');

/** Builds the application unless its bundle is newer than every source. Ends the process if the build fails. */
export async function buildIfNeeded() {
  if (newest(sources.map((name) => join(root, name))) < modified(main)) return;
  const started = new Date();
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const work = runProgram(process.execPath, [nest, 'build', 'api'], { cwd: root });
  const { status, output } = await withProgress('Building the application', work);
  if (status !== 0) {
    console.error(output);
    process.exit(status);
  }
  // rspack does not touch a file whose content stays the same. It gets the time of the start, so that the next run includes a change
  // made during this build.
  utimesSync(main, started, started);
}

/** Includes folders: the time of a folder changes when a file in it is removed or renamed. */
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
