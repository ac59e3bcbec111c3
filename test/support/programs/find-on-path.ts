import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Returns the path of a program in the first of these folders, or of PATH, that has it. */
export function findOnPath(
  program: string,
  folders = (process.env['PATH'] ?? '').split(delimiter),
): string | undefined {
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
