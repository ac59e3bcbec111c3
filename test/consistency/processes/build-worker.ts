import { rspack } from '@rspack/core';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program that each process of a fleet runs. */
    workerProgram: string;
  }
}

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'node_modules/.cache/nuthatch/consistency');

/** Bundles the worker from the sources as they are now, packages left outside: node alone runs no parameter properties. */
export default async function setup(project: TestProject): Promise<void> {
  const compiler = rspack({
    mode: 'none',
    target: 'node',
    context: root,
    entry: join(import.meta.dirname, 'worker.ts'),
    devtool: 'source-map',
    output: { path: folder, filename: 'worker.mjs', module: true, chunkFormat: 'module', library: { type: 'module' } },
    externalsType: 'module',
    externals: [({ request }, done) => done(undefined, isPackage(request) ? request : undefined)],
    resolve: {
      extensions: ['.ts', '.js'],
      extensionAlias: { '.js': ['.ts', '.js'] },
      tsConfig: join(root, 'tsconfig.json'),
    },
    module: {
      rules: [
        {
          test: /\.ts$/,
          loader: 'builtin:swc-loader',
          type: 'javascript/auto',
          options: {
            jsc: {
              target: 'es2024',
              parser: { syntax: 'typescript', decorators: true },
              transform: { legacyDecorator: true, decoratorMetadata: true },
            },
          },
        },
      ],
    },
  });
  await new Promise<void>((resolve, reject) => {
    compiler.run((failure, stats) => {
      if (failure || stats?.hasErrors()) reject(failure ?? new Error(stats?.toString('errors-only')));
      else compiler.close(() => resolve());
    });
  });
  project.provide('workerProgram', join(folder, 'worker.mjs'));
}

function isPackage(request = ''): boolean {
  return !/^[./]|^@nuthatch\//.test(request);
}
