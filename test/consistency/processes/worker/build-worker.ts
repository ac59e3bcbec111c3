import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../../support/processes/bundle.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program of the processes of a fleet. */
    workerProgram: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const folder = await bundle({ entries: { worker: join(import.meta.dirname, 'worker.ts') }, folder: 'consistency' });
  project.provide('workerProgram', join(folder, 'worker.mjs'));
}
