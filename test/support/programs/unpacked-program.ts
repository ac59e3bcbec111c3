import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findOnPath } from './find-on-path.js';

export interface Program {
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The folder into which scripts/run/unpack-debian.mjs unpacks programs. */
const cache = join(import.meta.dirname, '../../../node_modules/.cache/nuthatch');

/** Returns a program of the machine; otherwise the one that is unpacked in the folder `name` of the cache, if there is one. */
export function installedOrUnpacked(program: string, name: string): Program | undefined {
  const { PATH = '' } = process.env;
  const installed = findOnPath(program, [...PATH.split(delimiter), '/usr/sbin']);
  if (installed) return { command: installed, env: { PATH } };
  return unpackedProgram(program, name);
}

/** Returns a program of the folder `name` of the cache, with the libraries beside it. */
export function unpackedProgram(program: string, name: string): Program | undefined {
  const root = join(cache, name);
  const command = findOnPath(
    program,
    ['usr/bin', 'usr/sbin'].map((folder) => join(root, folder)),
  );
  return command ? { command, env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: libraries(root) } } : undefined;
}

function libraries(root: string): string {
  return ['lib', 'usr/lib']
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((triplet) => join(folder, triplet)))
    .join(':');
}
