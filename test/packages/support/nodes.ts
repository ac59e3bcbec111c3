import { join } from 'node:path';
import { inject } from 'vitest';

export type NodeMajor = 22 | 24;

/** Returns the program of a Node: 24 runs these tests, and 22 is one of their packages. */
export function nodeProgram(major: NodeMajor): string {
  const oldest = `tools/node_modules/node-linux-${process.arch}/bin/node`;
  return major === 24 ? process.execPath : join(inject('packagesFolder'), oldest);
}
