import nodeExternals from 'webpack-node-externals';

/** Nest's defaults, but our own libraries are bundled from source while packages from npm stay outside. */
export default (defaults) => ({
  ...defaults,
  externals: [nodeExternals({ importType: 'module', allowlist: [/^@nuthatch\//] }), ...defaults.externals.slice(1)],
});
