import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { findOnPath } from '../support/programs/find-on-path.js';
import { unpackedLibraries, unpackedProgram } from '../support/programs/unpacked-program.js';
import { ServerProcess } from '../support/server-process.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const file = join(import.meta.dirname, '../../docker/varnish.vcl');

export interface Varnish {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Starts Varnish with docker/varnish.vcl, in front of an instance on a port of this machine. */
export async function startVarnish(appPort: number): Promise<Varnish> {
  const { command, env, settings } = varnishProgram();
  const dir = await temporaryFolder('varnish');
  const port = await freePort();
  await writeFile(join(dir, 'edge.vcl'), await vclFor(appPort));
  const args = ['-F', '-j', 'none', '-T', 'none', '-n', join(dir, 'work'), '-s', 'malloc,32m'];
  const own = ['-a', `127.0.0.1:${port}`, '-f', join(dir, 'edge.vcl'), '-p', 'thread_pool_min=10'];
  const server = await ServerProcess.start(command, [...args, ...own, ...settings], {
    dir,
    env,
    afterExit: () => removeFolder(dir),
    lastSignal: 'SIGTERM',
  });
  const url = `http://127.0.0.1:${port}`;
  await server.ready(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return { url, stop: () => server.end('SIGTERM') };
}

/** Returns Varnish with the settings that name its parts: the one that is unpacked, else the one of the machine. */
function varnishProgram() {
  const unpacked = unpackedProgram('varnishd', 'varnish');
  if (unpacked) {
    const { root, folders } = unpackedLibraries('varnish');
    const [libraries = ''] = folders.filter((folder) => folder.includes('usr/lib/'));
    const headers = ['usr/include', `usr/include/${libraries.split('/').at(-1)}`].map(
      (path) => `-I${join(root, path)}`,
    );
    const compiler = [join(root, 'usr/bin/tcc'), `-B${join(libraries, 'tcc')}`, ...headers];
    return {
      command: unpacked.command,
      env: { ...unpacked.env, LD_LIBRARY_PATH: [...folders, join(libraries, 'varnish')].join(':') },
      settings: [
        `-pvmod_path=${join(libraries, 'varnish/vmods')}`,
        `-pcc_command=exec ${compiler.join(' ')} -nostdlib -shared -o %o %s`,
      ],
    };
  }
  const installed = findOnPath('varnishd') ?? findOnPath('varnishd', ['/usr/sbin']);
  if (!installed) throw new Error(missing);
  return { command: installed, env: process.env, settings: [] };
}

/** Returns the configuration with the address of the instance of the test. */
async function vclFor(port: number): Promise<string> {
  const text = await readFile(file, 'utf8');
  const edits = { '.host = "app";': '.host = "127.0.0.1";', '.port = "3000";': `.port = "${port}";` };
  return Object.entries(edits).reduce((edited, [from, to]) => {
    if (!edited.includes(from)) throw new Error(`docker/varnish.vcl does not have ${from}`);
    return edited.replace(from, to);
  }, text);
}

const missing = `The test needs Varnish, and found none. Do one of these:
  - put varnishd on the PATH, with its modules and a C compiler:  apt-get install varnish varnish-modules
  - unpack one for the tests:                                     node scripts/edge/provision-varnish.mjs   (Debian and Ubuntu)`;
