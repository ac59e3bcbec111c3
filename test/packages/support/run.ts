import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program outside of the workspace, and returns its output. @throws with the output, if it fails. */
export async function run(command: string, args: readonly string[], { cwd, env }: RunOptions): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...outside(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const [code] = await once(child, 'close');
  if (code === 0) return output;
  throw new Error(`${command} ${args.slice(0, 5).join(' ')} failed in ${cwd}:\n${output}`);
}

/** Returns the environment without what npm and Vitest added for this workspace: its programs, its settings, its mode. */
export function outside(): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(?!config_)|npm_config_local_prefix$|NODE_(ENV|OPTIONS|PATH)$|VITEST|TEST$|DEV$|PROD$|MODE$)/.test(name),
  );
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(root));
  return { ...Object.fromEntries(inherited), PATH: [dirname(process.execPath), ...path].join(delimiter) };
}
