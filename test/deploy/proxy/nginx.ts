import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.js';
import { installedOrUnpacked } from '../../support/programs/unpacked-program.js';
import { ServerProcess } from '../../support/server-process.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const file = join(import.meta.dirname, '../../../docker/nginx.conf');

export interface Nginx {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Starts nginx with docker/nginx.conf, in front of an API on a port of this machine. */
export async function startNginx(apiPort: number): Promise<Nginx> {
  const program = installedOrUnpacked('nginx', 'nginx');
  if (!program) throw new Error('The test needs nginx. Install it, or run npm run test:deploy on Debian.');
  const dir = await temporaryFolder('nginx');
  const port = await freePort();
  await writeFile(join(dir, 'nginx.conf'), `${main}http {\n${folders}${await serverOn(port, apiPort)}}\n`);
  const args = ['-p', dir, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off; user root; pid nginx.pid;'];
  const server = await ServerProcess.start(program.command, args, {
    dir,
    env: program.env,
    afterExit: () => removeFolder(dir),
    lastSignal: 'SIGTERM',
  });
  const url = `http://127.0.0.1:${port}`;
  await server.ready(() =>
    fetch(`${url}/`).then(
      () => true,
      () => false,
    ),
  );
  return { url, stop: () => server.end('SIGTERM') };
}

const main = 'error_log stderr warn;\nworker_processes 1;\nevents {}\n';

const folders = `access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`).join('\n')}
`;

/** Returns the configuration with the addresses of the test. */
async function serverOn(port: number, apiPort: number): Promise<string> {
  const text = await readFile(file, 'utf8');
  const addresses = { 'listen 8080;': `listen 127.0.0.1:${port};`, 'server app:3000;': `server 127.0.0.1:${apiPort};` };
  return Object.entries(addresses).reduce((edited, [from, to]) => {
    if (!edited.includes(from)) throw new Error(`docker/nginx.conf does not have "${from}".`);
    return edited.replace(from, to);
  }, text);
}
