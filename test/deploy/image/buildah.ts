import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { findOnPath } from '../../support/programs/find-on-path.js';
import type { Program } from '../../support/programs/unpacked-program.js';

/** What an image says of its process. */
export interface ImageConfig {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Env: readonly string[];
  readonly Cmd: readonly string[];
  readonly StopSignal: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** Builds images without an engine, in a folder of its own. */
export class Buildah {
  private constructor(
    private readonly folder: string,
    private readonly program: Program,
  ) {}

  /** Works in an existing folder, which has all images afterwards. */
  static async in(folder: string): Promise<Buildah> {
    if (process.getuid?.() !== 0) throw new Error('buildah needs root here. Run the tests of the image as root.');
    const configuration = join(folder, '.config/containers');
    await mkdir(configuration, { recursive: true });
    // No image comes from a registry.
    await writeFile(join(configuration, 'policy.json'), '{ "default": [{ "type": "insecureAcceptAnything" }] }');
    await writeFile(join(configuration, 'registries.conf'), 'unqualified-search-registries = []\n');
    return new Buildah(folder, programOf('buildah'));
  }

  async run(...args: readonly string[]): Promise<string> {
    const env = {
      ...this.program.env,
      HOME: this.folder,
      CONTAINERS_REGISTRIES_CONF: join(this.folder, '.config/containers/registries.conf'),
      BUILDAH_ISOLATION: 'chroot',
    };
    const storage = ['--storage-driver=overlay', `--root=${this.folder}/storage`, `--runroot=${this.folder}/run`];
    return runProgram({ ...this.program, env }, [...storage, ...args]);
  }

  /** Returns the folder with the files of a new container. */
  async mount(image: string): Promise<string> {
    const container = await this.run('from', '--pull-never', image);
    return this.run('mount', container);
  }

  /** Unmounts all files, the last ones first, so that the folder can be removed. */
  async end(): Promise<void> {
    const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
    for (const path of mounts.filter((mount) => mount.startsWith(this.folder)).toReversed()) {
      await runProgram({ command: 'umount', env: process.env }, [path]);
    }
  }

  async configOf(image: string): Promise<ImageConfig> {
    return JSON.parse(await this.run('inspect', '--type=image', image)).Docker.config;
  }
}

/** Returns a program that scripts/deploy/provision-buildah.mjs installs. */
export function programOf(name: string): Program {
  const { PATH = '' } = process.env;
  const command = findOnPath(name, [...PATH.split(delimiter), '/usr/sbin']);
  if (!command)
    throw new Error(`The tests of the image need ${name}. Run them with npm run test:image, or install it.`);
  return { command, env: { PATH } };
}

/** Returns what a program printed. The error of a failure has the end of it. */
export function runProgram({ command, env }: Program, args: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile(command, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
    if (!error) return resolve(stdout.trim());
    reject(new Error(`${command} ${args.join(' ')} failed:\n${`${stdout}${stderr}`.slice(-3_000)}`));
  });
  return promise;
}
