import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../support/processes/bundle.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program of an instance of the application. */
    appProgram: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const folder = await bundle({
    entries: { 'app-worker': join(import.meta.dirname, 'app-worker.ts') },
    folder: 'chaos',
  });
  project.provide('appProgram', join(folder, 'app-worker.mjs'));
}
