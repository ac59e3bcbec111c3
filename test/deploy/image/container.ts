import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerProcess } from '../../support/server-process.js';
import { temporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { ImageConfig } from './buildah.js';

export interface ContainerOptions {
  /** The folder with the files of the image. */
  readonly root: string;
  readonly config: ImageConfig;
  /** @default the command of the image */
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files of a Secret, by their path. Only root and the group of the process may read them. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * Starts a process the way that Kubernetes does under the "restricted" standard: as the user of the image, without capabilities and
 * new privileges, on a read-only file system. It shares the network and the process ids of this machine, so a signal reaches it.
 */
export async function startContainer(options: ContainerOptions): Promise<ServerProcess> {
  const { root, config, command = config.Cmd, env, secrets = {} } = options;
  const dir = await temporaryFolder('container');
  const { uid, gid } = await userOf(root, config.User);
  const mounts = await mountSecrets(dir, root, gid, secrets);
  const isolate = [
    'set -e',
    'mount --make-rprivate /',
    'mount --bind "$0" "$0"',
    'mount --rbind /dev "$0/dev"',
    'mount -t proc proc "$0/proc"',
    ...mounts,
    'mount -o remount,bind,ro "$0"',
    `exec chroot "$0" setpriv --reuid=${uid} --regid=${gid} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`,
  ].join('\n');
  const inside = ['env', '--chdir', config.WorkingDir, ...command];
  return ServerProcess.start('unshare', ['--mount', '/bin/sh', '-c', isolate, root, ...inside], {
    dir,
    afterExit: () => removeFolder(dir),
    env: { ...Object.fromEntries(config.Env.map((pair) => pair.split(/=(.*)/s, 2))), ...env },
  });
}

async function userOf(root: string, name: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const lines = (await readFile(join(root, 'etc/passwd'), 'utf8')).split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = lines.find(([candidate]) => candidate === name) ?? [];
  if (!uid || !gid) throw new Error(`The image runs as "${name}", which is not in its /etc/passwd.`);
  return { uid: Number(uid), gid: Number(gid) };
}

/** Returns the commands that mount one folder for each folder of a secret. */
async function mountSecrets(
  dir: string,
  root: string,
  gid: number,
  secrets: Readonly<Record<string, string>>,
): Promise<string[]> {
  const folders = Map.groupBy(Object.entries(secrets), ([path]) => path.slice(0, path.lastIndexOf('/')));
  return Promise.all(
    [...folders].map(async ([folder, files], index) => {
      const source = join(dir, `secret-${index}`);
      await mkdir(source, { mode: 0o750 });
      await chown(source, 0, gid);
      for (const [path, value] of files) {
        const file = join(source, path.slice(folder.length + 1));
        await writeFile(file, value, { mode: 0o440 });
        await chown(file, 0, gid);
      }
      // Docker and Kubernetes make the folder of a volume too.
      await mkdir(join(root, folder), { recursive: true });
      return `mount --bind '${source}' "$0${folder}"`;
    }),
  );
}
