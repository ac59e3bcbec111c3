import { realpathSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';

const NAME = /^nuthatch-[\w-]+-\w{6}$/;

export async function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), `nuthatch-${name}-`));
}

/** Whether a folder is one that {@link temporaryFolder} has made, or below one: only these may be removed. */
export function isTemporary(folder: string): boolean {
  const [name = ''] = relative(realpathSync(tmpdir()), folder).split(sep);
  return NAME.test(name);
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
