import { dirname, join } from 'node:path';
import nodeExternals from 'webpack-node-externals';
import { buildPage } from './libs/dashboard/build-page.mjs';

// The live page is read from beside the bundle when the application runs.
await buildPage(join(import.meta.dirname, 'dist/apps/api/page-assets'));

const beside = (path, name) => join(dirname(path), name);

/**
 * Nest's defaults, but our own libraries are bundled from source while packages from npm stay outside,
 * and the migration, the seed and the printer of the OpenAPI document are beside the server as programs of their own.
 */
export default (defaults) => ({
  ...defaults,
  entry: {
    main: defaults.entry,
    migrate: beside(defaults.entry, 'migrate.ts'),
    seed: beside(defaults.entry, 'seed.ts'),
    'print-openapi': beside(defaults.entry, 'print-openapi.ts'),
  },
  output: { ...defaults.output, filename: join(dirname(defaults.output.filename), '[name].js') },
  // A bundle with errors is not written, so that npm run dev does not restart the application with it.
  optimization: { ...defaults.optimization, emitOnErrors: false },
  externals: [nodeExternals({ importType: 'module', allowlist: [/^@nuthatch\//] }), ...defaults.externals.slice(1)],
});
