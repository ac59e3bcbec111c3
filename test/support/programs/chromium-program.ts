import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from './find-on-path.js';
import { type Program, unpackedLibraries } from './unpacked-program.js';

/** Returns Chromium: from PATH, else the one that `npm run test:browser` has unpacked. @throws {Error} with what to do. */
export function chromiumProgram(): Program {
  const installed = findOnPath('chromium') ?? findOnPath('google-chrome');
  if (installed) return { command: installed, env: process.env };
  const { root, folders } = unpackedLibraries('chromium');
  // `usr/bin/chromium` is a script that starts the one of the machine.
  const command = join(root, 'usr/lib/chromium/chromium');
  if (!existsSync(command)) throw new Error(missing);
  const libraries = [...folders, ...folders.map((folder) => join(folder, 'pulseaudio'))].join(':');
  // A machine without fonts has no configuration of them either.
  const fonts = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_SYSROOT: root };
  return { command, env: { ...process.env, ...fonts, LD_LIBRARY_PATH: libraries } };
}

const missing = `The tests of the page need Chromium, and found none. Do one of these:
  - put chromium on the PATH:          apt-get install chromium   |   dnf install chromium
  - unpack one for the tests:          node scripts/browser/provision-chromium.mjs   (Debian and Ubuntu, no root needed)`;
