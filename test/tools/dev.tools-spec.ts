import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { ServerProcess } from '../support/server-process.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const root = join(import.meta.dirname, '../..');
const sources = ['apps', 'libs', 'scripts', 'test', 'nest-cli.json', 'package-lock.json', 'package.json'];
const settings = ['rspack.config.js', 'tsconfig.json', 'vitest.config.ts'];

/** In a copy of the repository, because the test breaks a source. */
describe('npm run dev', () => {
  let dir: string;
  let dev: ServerProcess | undefined;

  beforeEach(async () => {
    dir = await temporaryFolder('dev');
    const filter = (path: string) => !['node_modules', 'dist', '.nuthatch'].includes(basename(path));
    await Promise.all(
      [...sources, ...settings].map((name) => cp(join(root, name), join(dir, name), { recursive: true, filter })),
    );
    await mkdir(join(dir, 'node_modules/.cache/nuthatch'), { recursive: true });
    const packages = (await readdir(join(root, 'node_modules'))).filter((name) => name !== '.cache');
    await Promise.all(
      packages.map((name) => symlink(join(root, 'node_modules', name), join(dir, 'node_modules', name))),
    );
  });
  afterEach(async () => {
    await dev?.end('SIGTERM');
    dev = undefined;
    await removeFolder(dir);
  });

  it(
    'keeps the running process when a change does not build, and reports types while it serves',
    { timeout: 400_000 },
    async () => {
      const source = join(dir, 'apps/api/src/welcome.ts');
      const text = await readFile(source, 'utf8');
      const { PATH, HOME } = process.env;
      const port = await freePort();
      const env = { PATH, HOME, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: 'memory', NO_COLOR: '1' };
      const started = await ServerProcess.start(process.execPath, ['scripts/run/command.mjs', 'dev'], {
        dir,
        env,
        lastSignal: 'SIGTERM',
      });
      dev = started;
      const starts = () => started.lines.filter((line) => /^ {2}API /.test(line)).length;
      const answers = async () =>
        fetch(`http://127.0.0.1:${port}/health/live`).then(
          ({ status }) => status,
          () => 0,
        );
      const printed = (line: RegExp) =>
        eventually(() => expect(started.lines).toContainEqual(expect.stringMatching(line)), { within: 180_000 });

      await printed(/^ {2}API /);
      await printed(/Found 0 errors\. Watching/);
      const bundle = await readFile(join(dir, 'dist/apps/api/main.js'), 'utf8');

      await writeFile(source, `${text}\nexport const broken = ;\n`);
      await printed(/welcome\.ts.*TS1109/);
      await printed(/Found 1 error\. Watching/);
      await printed(/compiled with \S*1 error/);
      expect(await readFile(join(dir, 'dist/apps/api/main.js'), 'utf8')).toBe(bundle);
      expect([await answers(), starts()]).toEqual([200, 1]);

      await writeFile(source, `${text.replace('API     ', 'API  v2 ')}\nexport const wrong: number = 'text';\n`);
      await printed(/welcome\.ts.*TS2322/);
      await printed(/^ {2}API {2}v2 /);
      expect(await answers()).toBe(200);

      const { code } = await started.end('SIGTERM');
      expect(code).toBe(0);
      expect(await answers()).toBe(0);
    },
  );
});
