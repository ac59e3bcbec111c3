import { dirname, join } from 'node:path';
import nodeExternals from 'webpack-node-externals';

/**
 * Nest's defaults, but our own libraries are bundled from source while packages from npm stay outside,
 * and the seed stands beside the server as a program of its own.
 */
export default (defaults) => ({
  ...defaults,
  entry: { main: defaults.entry, seed: join(dirname(defaults.entry), 'seed.ts') },
  output: { ...defaults.output, filename: join(dirname(defaults.output.filename), '[name].js') },
  externals: [nodeExternals({ importType: 'module', allowlist: [/^@nuthatch\//] }), ...defaults.externals.slice(1)],
});
