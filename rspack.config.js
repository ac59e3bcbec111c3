import { dirname, join } from 'node:path';
import nodeExternals from 'webpack-node-externals';
import { buildPage } from './libs/dashboard/build-page.mjs';

// The live page is read from beside the bundle when the application runs.
await buildPage(join(import.meta.dirname, 'dist/apps/api/page-assets'));

/** The programs beside the server. Each is a file of apps/api/src. */
const programs = ['migrate', 'seed', 'print-openapi'];

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
  externals: [nodeExternals({ importType: 'module', allowlist: [/^@nuthatch\//] }), ...defaults.externals.slice(1)],
});
