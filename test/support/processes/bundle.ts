import { join } from 'node:path';
import { DefinePlugin, NormalModuleReplacementPlugin, rspack } from '@rspack/core';

const root = join(import.meta.dirname, '../../..');

export interface Bundle {
  /** The source of each program, by the name of its bundle. */
  readonly entries: Readonly<Record<string, string>>;
  /** The folder of the bundles, below `node_modules/.cache/nuthatch`. */
  readonly folder: string;
  /** Modules of the sources that others replace in these bundles. @default none */
  readonly replaced?: readonly Replacement[];
}

interface Replacement {
  readonly pattern: RegExp;
  readonly by: string;
}

/**
 * Bundles programs from the current sources without their packages, and returns the folder of the bundles. Node alone cannot run
 * parameter properties. Plain scripts import this file, so Node must be able to erase its types.
 */
export async function bundle({ entries, folder, replaced = [] }: Bundle): Promise<string> {
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
    // The bundle is in another folder than the sources, which look for the provisioned Redis relative to their own.
    plugins: [
      new DefinePlugin({ 'import.meta.dirname': JSON.stringify(import.meta.dirname) }),
      ...replaced.map(replacement),
    ],
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

/** The module that replaces another one may import it. */
function replacement({ pattern, by }: Replacement) {
  return new NormalModuleReplacementPlugin(pattern, (found) => {
    if (found.contextInfo.issuer !== by) found.request = by;
  });
}

function isPackage(request = ''): boolean {
  return !/^[./]|^@nuthatch\//.test(request);
}
