/**
 * Installs buildah, which builds images without an engine, and debootstrap, which makes the base of the image. Unpacking them is not
 * enough: buildah starts itself again without the environment, so it finds its libraries in the folders of the system only.
 */
import { spawnSync } from 'node:child_process';
import { isInstalled } from '../process/unpack-debian.mjs';

const missing = ['buildah', 'debootstrap'].filter((program) => !isInstalled(program));
if (missing.length > 0) installMissing();

function installMissing() {
  if (!isInstalled('apt-get') || process.getuid?.() !== 0) {
    console.error(`The image is built by ${missing.join(' and ')}. Install them, or run this as root on Debian.`);
    process.exit(1);
  }
  console.log(`Installing ${missing.join(' and ')} …`);
  const install = () => aptGet('install', '--no-install-recommends', '--yes', ...missing);
  // A fresh image has no package lists or outdated ones.
  if (install().status === 0 || (aptGet('update').status === 0 && install().status === 0)) return;
  console.error(`apt-get install ${missing.join(' ')} failed:\n${install().stderr}`);
  process.exit(1);
}

function aptGet(...args) {
  return spawnSync('apt-get', args, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}
