import { join } from 'node:path';
import { DefinePlugin, rspack } from '@rspack/core';

const root = join(import.meta.dirname, '../../..');

export interface Bundle {
  /** The programs, by the name of what is made of each. */
  readonly entries: Readonly<Record<string, string>>;
  /** Where they go, below `node_modules/.cache/nuthatch`. */
  readonly folder: string;
}

/**
 * Makes programs of the sources as they are now, packages left outside, and answers where they are: node alone runs no parameter
 * properties. Plain scripts import this file too, so its own types are ones that node can erase.
 */
export async function bundle({ entries, folder }: Bundle): Promise<string> {
  const path = join(root, 'node_modules/.cache/nuthatch', folder);
  const compiler = rspack({
    mode: 'none',
    target: 'node',
    context: root,
    entry: { ...entries },
    devtool: 'source-map',
    output: { path, filename: '[name].mjs', module: true, chunkFormat: 'module', library: { type: 'module' } },
    externalsType: 'module',
    externals: [({ request }, done) => done(undefined, isPackage(request) ? request : undefined)],
    // A bundle stands elsewhere than the sources that look for the provisioned Redis.
    plugins: [new DefinePlugin({ 'import.meta.dirname': JSON.stringify(import.meta.dirname) })],
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
  return path;
}

function isPackage(request = ''): boolean {
  return !/^[./]|^@nuthatch\//.test(request);
}
