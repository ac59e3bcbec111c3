/** Imports point one way. Each rule is a sentence of docs/architecture.md, and `npm run verify` checks them all. */
const spec = '[.-]spec\\.m?[jt]s$|\\.test-d\\.ts$';
const test = `${spec}|(^|/)test/`;
const cache = '^libs/cache/src';

/** Of our own code, `from` may import only itself and `allowed`. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: test },
  to: { path: '^(apps|libs|test|scripts)/', pathNot: [from, ...allowed] },
});

/** The floors of the core, from the bottom. A folder or file imports only from itself and from the floors below. */
const FLOORS = [
  'clock|errors|concurrency|codec|operation-options|histogram',
  'policy',
  'store',
  'observe',
  'coherence',
  'context',
  'counters|read-result|staleness',
  'cache-runtime|origin',
  'tag-capture|read|write',
  'batch|snapshot',
  'inspect',
  'cache',
  'cache-registry',
];
const core = (names) => `${cache}/core/(${names})(\\.ts$|/)`;

/** The rooms of the application's HTTP part, from the bottom. */
const HTTP_ROOMS = ['media-types', 'problems', 'validation', 'server', 'openapi', 'pages'];
const http = (names) => `^apps/api/src/http/(${names})(\\.ts$|/)`;

export default {
  forbidden: [
    ...HTTP_ROOMS.slice(0, -1).map((name, floor) => ({
      name: `http-room-${name}`,
      comment: `${name} imports nothing from above.`,
      severity: 'error',
      from: { path: http(name), pathNot: test },
      to: { path: http(HTTP_ROOMS.slice(floor + 1).join('|')) },
    })),
    ...FLOORS.slice(0, -1).map((names, floor) => ({
      name: `core-floor-${floor + 1}`,
      comment: `${names.replaceAll('|', ', ')} import nothing from above.`,
      severity: 'error',
      from: { path: core(names), pathNot: test },
      to: { path: core(FLOORS.slice(floor + 1).join('|')) },
    })),
    {
      name: 'core-has-floors',
      comment: 'Every file of the core belongs to a floor.',
      severity: 'error',
      from: { path: `${cache}/core/`, pathNot: [core(FLOORS.join('|')), test] },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'No cycle of imports, not even of types.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-unresolved',
      comment: 'No other rule sees an import that cannot be resolved.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    only('redis-imports-no-library', 'redis is the lowest library.', '^libs/redis/', []),
    only('cache-imports-redis', 'cache → redis', '^libs/cache/', ['^libs/redis/']),
    only('health-imports-cache-and-redis', 'health → cache → redis', '^libs/health/', ['^libs/(cache|redis)/']),
    only('observability-imports-cache-and-redis', 'observability → cache → redis', '^libs/observability/', [
      '^libs/(cache|redis)/',
    ]),
    only('dashboard-imports-admin', 'dashboard → admin → cache → redis', '^libs/dashboard/', [
      '^libs/(admin|cache|redis)/',
    ]),
    only('admin-imports-cache-and-redis', 'admin → cache → redis', '^libs/admin/', ['^libs/(cache|redis)/']),
    {
      name: 'libraries-by-name',
      comment: 'Another library is imported by its package name: @nuthatch/cache, never ../../libs/cache/src/core.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/', pathNot: '^$1/$2/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'no-app-from-outside',
      comment: 'An app is a root: nothing imports it.',
      severity: 'error',
      from: { pathNot: ['^apps/', test] },
      to: { path: '^apps/' },
    },

    only('cache-core-imports-core', 'core ← memory, redis; core ← http, method, manager', `${cache}/core/`, []),
    {
      name: 'cache-core-is-plain',
      comment: 'The core runs without Nest and without Redis: it imports only node: modules.',
      severity: 'error',
      from: { path: `${cache}/core/`, pathNot: test },
      to: { pathNot: `${cache}/core/`, dependencyTypesNot: ['core'] },
    },
    {
      name: 'cache-folders-import-core',
      comment:
        'http, method, manager, outbox → core ← memory, redis; only cache.module.ts and index.ts import from all folders.',
      severity: 'error',
      from: { path: `${cache}/(http|method|manager|memory|msgpack|outbox|redis|devtools)/`, pathNot: test },
      to: { path: `${cache}/`, pathNot: [`${cache}/($1|core)/`, `${cache}/devtools/`] },
    },
    {
      name: 'cache-edge-imports-http-and-outbox',
      comment: 'edge → http, outbox → core: it names answers, and purges what the outbox names.',
      severity: 'error',
      from: { path: `${cache}/edge/`, pathNot: test },
      to: { path: `${cache}/`, pathNot: `${cache}/(edge|http|outbox|core)/` },
    },
    {
      name: 'cache-root-imports-core',
      comment:
        'Except for cache.module.ts, runtime-provider.ts and index.ts, a file at the root of the cache imports core only.',
      severity: 'error',
      from: { path: `${cache}/[^/]+$`, pathNot: [`${cache}/(cache\\.module|runtime-provider|index)\\.ts$`, test] },
      to: { path: `${cache}/[^/]+/`, pathNot: `${cache}/core/` },
    },

    {
      name: 'testing-is-for-tests',
      comment: 'testing/ is published for tests, and production code never imports it.',
      severity: 'error',
      from: { pathNot: [test, '/testing/'] },
      to: { path: '/testing/|^test/' },
    },
    {
      name: 'packages-are-declared',
      comment: 'A package.json declares every package that the code imports.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^(apps|libs)/[^/]+/dist/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default', 'node'] },
  },
};
