import { dirname, join } from 'node:path';
import nodeExternals from 'webpack-node-externals';
import { buildPage } from './libs/dashboard/build-page.mjs';

// The live page is read from beside the bundle when the application runs.
await buildPage(join(import.meta.dirname, 'dist/apps/api/page-assets'));

/** The programs beside the server. Each is a file of apps/api/src. */
const programs = ['migrate', 'seed', 'print-openapi'];

/**
 * Nest's default is ES2021, which has no private fields: each would become a `WeakMap`, which is slow to read and keeps the objects
 * of each request alive until a major garbage collection.
 */
function forThisNode(rule) {
  const [{ loader, options }] = rule.use;
  return { ...rule, use: [{ loader, options: { ...options, jsc: { ...options.jsc, target: 'es2023' } } }] };
}

/** Nest's defaults, but our own libraries are bundled from source while packages from npm stay outside, and there are more programs. */
export default (defaults) => ({
  ...defaults,
  entry: {
    main: defaults.entry,
    ...Object.fromEntries(programs.map((name) => [name, join(dirname(defaults.entry), `${name}.ts`)])),
  },
  output: { ...defaults.output, filename: join(dirname(defaults.output.filename), '[name].js') },
  // A bundle with errors is not written, so that npm run dev does not restart the application with it.
  optimization: { ...defaults.optimization, emitOnErrors: false },
  module: { ...defaults.module, rules: defaults.module.rules.map(forThisNode) },
  externals: [nodeExternals({ importType: 'module', allowlist: [/^@nuthatch\//] }), ...defaults.externals.slice(1)],
});
