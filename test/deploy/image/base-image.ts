import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Buildah, programOf, runProgram } from './buildah.js';

/**
 * Makes the images that docker/Dockerfile begins with, because no registry of images is at hand: Debian, the Node of these tests
 * and npm.
 */
export async function makeBaseImages(buildah: Buildah, folder: string): Promise<void> {
  const root = join(folder, 'base');
  await bootstrap(root);
  await addNode(root);
  await addNpm(root);
  const container = await buildah.run('from', 'scratch');
  await buildah.run('copy', container, root, '/');
  await rm(root, { recursive: true });
  await buildah.run('config', '--env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', container);
  await buildah.run('commit', '--rm', container, 'docker.io/library/node:24');
  await buildah.run('tag', 'docker.io/library/node:24', 'docker.io/library/node:24-slim');
}

/** Takes Debian from the mirror of this machine. */
async function bootstrap(root: string): Promise<void> {
  const { VERSION_CODENAME: release = '' } = parseEnv(await readFile('/etc/os-release', 'utf8'));
  const targets = await runProgram({ command: 'apt-get', env: process.env }, [
    'indextargets',
    '--format=$(RELEASE) $(REPO_URI)',
    'Created-By: Packages',
  ]);
  const [, mirror] =
    targets
      .split('\n')
      .map((line) => line.split(' '))
      .find(([name]) => name === release) ?? [];
  if (!mirror) throw new Error(`apt-get has no mirror of ${release}. Run apt-get update.`);
  // Unpacked packages are enough to build and to run. Their configuration would take as long again.
  await runProgram(programOf('debootstrap'), ['--foreign', '--variant=minbase', release, root, mirror]);
  await Promise.all(['debootstrap', 'var/cache/apt'].map((path) => rm(join(root, path), { recursive: true })));
  // debootstrap leaves a link to /proc of this machine.
  await rm(join(root, 'proc'));
  await mkdir(join(root, 'proc'));
}

async function addNode(root: string): Promise<void> {
  for (const folder of ['bin', 'etc', 'lib/node_modules'])
    await mkdir(join(root, 'usr/local', folder), { recursive: true });
  await cp(process.execPath, join(root, 'usr/local/bin/node'));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  await mkdir(join(root, 'home/node'));
}

/** The certificates that this machine trusts: the registry may be behind a proxy of its network. */
const AUTHORITIES = process.env['NODE_EXTRA_CA_CERTS'] ?? '/etc/ssl/certs/ca-certificates.crt';

/** Copies npm and what it needs to reach the registry of this machine. */
async function addNpm(root: string): Promise<void> {
  const { npm_execpath: program } = process.env;
  if (!program) throw new Error('Run the tests of the image with npm run test:image.');
  await cp(dirname(dirname(program)), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  const registry = await runProgram({ command: process.execPath, env: process.env }, [
    program,
    'config',
    'get',
    'registry',
  ]);
  const authorities = '/usr/local/etc/authorities.crt';
  await cp(AUTHORITIES, join(root, authorities), { dereference: true });
  await writeFile(join(root, 'usr/local/etc/npmrc'), `registry=${registry}\ncafile=${authorities}\n`);
}
