/**
 * `npm run bench:micro`: builds micro.ts as the app is built, and runs it on one core where the system can pin it, so that rounds
 * compare. Arguments are Node's: `npm run bench:micro -- --cpu-prof`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DefinePlugin, rspack } from '@rspack/core';
import nodeExternals from 'webpack-node-externals';

const folder = import.meta.dirname;
const target = join(folder, '../../node_modules/.cache/nuthatch/bench');
const parser = { syntax: 'typescript', decorators: true };
const transform = { legacyDecorator: true, decoratorMetadata: true };

const compiler = rspack({
  mode: 'none',
  target: 'node',
  context: folder,
  entry: './micro.ts',
  output: { path: target, filename: 'micro.mjs', module: true, library: { type: 'module' } },
  experiments: { outputModule: true },
  resolve: {
    extensions: ['.ts', '.js'],
    extensionAlias: { '.js': ['.ts', '.js'] },
    tsConfig: join(folder, '../../tsconfig.json'),
  },
  module: {
    rules: [{ test: /\.ts$/, loader: 'builtin:swc-loader', options: { jsc: { parser, transform, target: 'es2023' } } }],
  },
  externals: [nodeExternals({ importType: 'module', allowlist: [/^@nuthatch\//] })],
  // The bundle stands elsewhere than the sources that look for the provisioned Redis.
  plugins: [new DefinePlugin({ 'import.meta.dirname': JSON.stringify(join(folder, '../support')) })],
});

compiler.run((failure, stats) => {
  if (failure || stats.hasErrors()) throw failure ?? new Error(stats.toString({ preset: 'errors-only' }));
  const node = [...process.argv.slice(2), join(target, 'micro.mjs'), join(target, 'micro.json')];
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const [command, args] = pinned ? ['taskset', ['-c', '0', process.execPath, ...node]] : [process.execPath, node];
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  compiler.close(() => (process.exitCode = status ?? 1));
});
