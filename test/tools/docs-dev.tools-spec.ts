import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { ServerProcess } from '../support/server-process.js';
import { temporaryFolder, removeFolder } from '../support/temporary-folder.js';

const command = join(import.meta.dirname, '../../scripts/run/command.mjs');

it('npm run docs:dev serves the pages of docs/, and ends on SIGTERM', { timeout: 400_000 }, async () => {
  const port = String(await freePort());
  const { PATH, HOME } = process.env;
  const args = [command, 'docs:dev', '--host', '127.0.0.1', '--port', port];
  const dir = await temporaryFolder('docs-dev');
  const server = await ServerProcess.start(process.execPath, args, {
    dir,
    afterExit: () => removeFolder(dir),
    env: { PATH, HOME, NO_COLOR: '1' },
    lastSignal: 'SIGTERM',
  });
  const status = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      (answer) => answer.status,
      () => 0,
    );
  await server.ready(async () => (await status('/')) === 200, 300_000);
  const page = await fetch(`http://127.0.0.1:${port}/consistency.md?import`);
  expect([page.headers.get('content-type'), await page.text()]).toEqual([
    'text/javascript',
    expect.stringContaining('maxStaleness'),
  ]);
  await server.end('SIGTERM');
  expect(await status('/')).toBe(0);
});
