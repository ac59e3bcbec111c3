/**
 * `npm run lock:packages`: updates the lock files of `test/packages` after a `package.json` there or in a library has changed. What is
 * locked already keeps its version.
 */
import '../run/require-node.mjs';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { libraries } from './libraries.mjs';
import { pack } from './pack.mjs';

/** The members of a manifest that decide what is installed. */
const KINDS = ['dependencies', 'peerDependencies', 'peerDependenciesMeta'];

const projects = join(import.meta.dirname, '../../test/packages');
const work = mkdtempSync(join(tmpdir(), 'nuthatch-locks-'));

try {
  mkdirSync(join(work, 'tarballs'));
  for (const { library, file } of await pack()) copyFileSync(file, join(work, 'tarballs', `${library}.tgz`));
  for (const manifest of globSync('*/package.json', { cwd: projects })) lock(dirname(manifest));
} finally {
  rmSync(work, { recursive: true, force: true });
}

function lock(project) {
  console.log(`Locking ${project} …`);
  const folder = join(work, project);
  cpSync(join(projects, project), folder, { recursive: true });
  // npm does not look again into a tarball that has a place in the lock file, and without a place it forgets what is nested below.
  const before = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  for (const { manifest } of libraries) {
    const entry = before.packages[`node_modules/${manifest.name}`];
    if (entry) for (const kind of KINDS) entry[kind] = manifest[kind];
  }
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(before));
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--omit-lockfile-registry-resolved'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm could not lock ${project}.`);
  const file = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  // The tarballs of the libraries change with every commit. npm does not compare a tarball without integrity.
  for (const entry of Object.values(file.packages)) if (entry.resolved?.startsWith('file:')) delete entry.integrity;
  writeFileSync(join(projects, project, 'package-lock.json'), `${JSON.stringify(file, null, 2)}\n`);
}
