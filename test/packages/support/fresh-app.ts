import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { inject } from 'vitest';
import { freePort } from '../../support/free-port.js';
import { ServerProcess } from '../../support/server-process.js';
import type { Project } from './prepare.js';
import { outside, run } from './run.js';

const projects = join(import.meta.dirname, '..');

export interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** A running application of {@link FreshApp}. */
export interface RunningApp {
  readonly url: string;
  readonly logs: readonly string[];
  stop(): ReturnType<ServerProcess['end']>;
}

/** An application that Nest's CLI created outside of the workspace, with the libraries from tarballs. */
export class FreshApp {
  private constructor(
    private readonly folder: string,
    /** The `package.json` that the CLI wrote. */
    readonly template: Manifest,
    /** The `package.json` in `test/packages`. */
    readonly manifest: Manifest,
  ) {}

  /** Copies the template of a project. All applications of a project share its packages. */
  static async create(project: Project, name: string): Promise<FreshApp> {
    const parent = inject('packagesFolder');
    const [installed, template] = [join(parent, project), join(parent, `${project}-template`)];
    const folder = join(parent, 'applications', name);
    await cp(template, folder, { recursive: true });
    await cp(join(installed, 'package.json'), join(folder, 'package.json'));
    await symlink(join(installed, 'node_modules'), join(folder, 'node_modules'));
    return new FreshApp(folder, await readManifest(template), await readManifest(installed));
  }

  /** Copies a file of `test/packages/app`. `edit` adapts it to the template. */
  async add(from: string, to: string, edit: (text: string) => string = (text) => text): Promise<void> {
    await writeFile(join(this.folder, to), edit(await readFile(join(projects, 'app', from), 'utf8')));
  }

  /** Changes a file of the template. */
  async edit(file: string, edit: (text: string) => string): Promise<void> {
    const path = join(this.folder, file);
    await writeFile(path, edit(await readFile(path, 'utf8')));
  }

  /** Runs a script of `package.json`. @throws with the output, if it fails. */
  npm(script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<string> {
    return run('npm', ['run', script, '--', ...args], { cwd: this.folder, env });
  }

  /** Runs a program of an installed package. @throws with the output, if it fails. */
  runInstalled(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    return run(join(this.folder, 'node_modules/.bin', program), args, { cwd: this.folder, env });
  }

  typeErrors(): Promise<string> {
    return typeErrors(this.folder);
  }

  /** Runs the script `start:prod` on a Node, without a shell in between, and waits until it answers. */
  async start(node: string, env: Readonly<Record<string, string>>): Promise<RunningApp> {
    const [, ...args] = (this.manifest.scripts['start:prod'] ?? '').split(' ');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await ServerProcess.start(node, args, {
      dir: this.folder,
      env: { ...outside(), PATH: [dirname(node), process.env['PATH']].join(delimiter), PORT: String(port), ...env },
    });
    await server.ready(
      () =>
        fetch(url).then(
          ({ ok }) => ok,
          () => false,
        ),
      60_000,
    );
    return { url, logs: server.lines, stop: () => server.end('SIGTERM') };
  }
}

/** Checks types without `skipLibCheck`, and returns the errors of the application and of our declarations. */
export function typeErrors(folder: string): Promise<string> {
  return run(process.execPath, [join(import.meta.dirname, 'check-types.mjs'), folder], { cwd: folder });
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}
