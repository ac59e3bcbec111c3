import { benchmarks } from './benchmarks.mjs';

/** The program of a command that runs the tests of one configuration. */
const vitestWith = (config) => ({ program: 'node_modules/vitest/vitest.mjs', args: ['run', '--config', config] });

/**
 * The npm scripts of package.json. `about` says what the command does; `options` lists each argument with its effect. `program` is a
 * path from the root, which gets `args` before the arguments of the user. `needs` names what the command makes first.
 */
export const commands = {
  start: {
    about: 'Builds the example API if a source changed, and runs it on http://localhost:3000. Needs no other server.',
    options: [
      ['PORT=3001', 'listens on another port; .env.example lists every variable'],
      ['REDIS_URL=redis://…', 'stores entries in Redis, which all instances share'],
      ['DATABASE_URL=postgres://…', 'stores rows in PostgreSQL instead of the embedded database'],
    ],
    example: 'PORT=3001 npm start',
    program: 'scripts/run/start.mjs',
  },
  dev: {
    about: 'Runs the example API, checks types, and restarts it after each change that builds.',
    options: [['PORT=3001', 'listens on another port; .env.example lists every variable']],
    example: 'npm run dev',
    program: 'scripts/run/dev.mjs',
  },
  build: {
    about: 'Bundles the example API into dist/apps/api.',
    options: [['--watch', 'builds again after each change']],
    example: 'npm run build',
    program: 'node_modules/@nestjs/cli/bin/nest.js',
    args: ['build', 'api'],
  },
  test: {
    about: 'Runs the tests, with a Redis and a PostgreSQL of their own.',
    options: [
      ['unit, behaviour, property, model, e2e, timed, alone', 'runs the tests of that project'],
      ['<word>', 'runs the test files whose path contains the word'],
      ['-t <title>', 'runs the tests whose title matches'],
      ['--reporter=minimal', 'prints failures and counts only; all options of Vitest work'],
    ],
    example: 'npm test -- unit duration',
    program: 'scripts/run/test.mjs',
  },
  'test:generate': {
    about: 'Generates a module and fields in a copy of the repository, then checks and tests them.',
    example: 'npm run test:generate',
    needs: ['redis'],
    program: 'scripts/module/test-generate.mjs',
  },
  'test:consistency': {
    about: 'Runs several processes against faults, and checks the promises on what they observed. Takes minutes.',
    options: [['<word>', 'runs the scenarios whose path contains the word']],
    example: 'npm run test:consistency -- stampede',
    ...vitestWith('test/consistency/processes/vitest.config.ts'),
  },
  'test:chaos': {
    about:
      'Runs three instances of the application on Sentinels, on a cluster and over TLS against faults, and prints the rows of docs/operations/failure-modes.md. Takes minutes.',
    options: [['<word>', 'runs the scenarios whose path contains the word']],
    example: 'npm run test:chaos',
    needs: ['redis'],
    ...vitestWith('test/chaos/vitest.config.ts'),
  },
  'test:valkey': {
    about: 'Runs the tests of the connection, of the scripts and of coherence with Valkey instead of Redis.',
    example: 'npm run test:valkey',
    env: { REDIS_SERVER: 'valkey' },
    needs: ['redis'],
    program: 'scripts/run/test.mjs',
    args: [
      'libs/redis/test',
      'libs/cache/test/redis',
      'libs/cache/test/coherence',
      'libs/cache/test/scripts',
      'libs/cache/test/simulator',
      'libs/cache/test/store-contract',
    ],
  },
  'test:postgres': {
    about: 'Runs the tests of the outbox on several versions of PostgreSQL, which npm installs first.',
    options: [
      ['14 15 16 17 18', 'the versions; all by default'],
      ['-t <title>', 'runs the tests whose title matches; all options of Vitest work'],
    ],
    example: 'npm run test:postgres -- 14 18',
    needs: ['redis'],
    program: 'scripts/postgres/test-postgres.mjs',
  },
  'test:packages': {
    about:
      'Packs the libraries, and installs, builds and runs them in applications of Nest 11 and 12 outside of the repository.',
    options: [['-t <title>', 'runs the tests whose title matches']],
    example: 'npm run test:packages',
    needs: ['redis'],
    ...vitestWith('test/packages/vitest.config.ts'),
  },
  'test:examples': {
    about: 'Installs and runs each program of examples/, and compares its output.',
    options: [
      ['<name>', 'runs the examples whose name contains the text'],
      ['--tarballs <folder>', 'installs the libraries from packed tarballs instead of the sources'],
      ['--update', 'writes the expected outputs'],
    ],
    example: 'npm run test:examples -- quick-start',
    needs: ['redis'],
    program: 'test/examples/test-examples.mjs',
  },
  'test:tools': {
    about: 'Runs the console blocks of the documentation and npm run dev, as a reader does, and compares their output.',
    options: [
      ['<word>', 'runs the test files whose path contains the word'],
      ['PAUSE_SECONDS=36', 'waits between two blocks, as a person does'],
    ],
    example: 'npm run test:tools -- console',
    needs: ['redis', 'curl', 'build'],
    ...vitestWith('test/tools/vitest.config.ts'),
  },
  'test:deploy': {
    about: 'Checks the manifests of Kubernetes, the Compose file, the workflows and nginx.conf against the code.',
    options: [['<word>', 'runs the test files whose path contains the word']],
    example: 'npm run test:deploy',
    needs: ['redis', 'build'],
    program: 'scripts/deploy/test-deploy.mjs',
  },
  'test:image': {
    about: 'Builds the image with buildah, and runs it as the manifests do. Linux only, as root.',
    example: 'npm run test:image',
    needs: ['redis', 'buildah'],
    program: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--config', 'test/deploy/vitest.config.ts', '--project', 'image'],
  },
  'test:edge': {
    about:
      'Changes rows behind two Varnish servers that keep answers for an hour, and checks how old their answers are.',
    example: 'npm run test:edge',
    needs: ['redis', 'varnish'],
    ...vitestWith('test/edge/vitest.config.ts'),
  },
  'test:observability': {
    about: 'Asks Prometheus every expression of the dashboards and rules, after traffic and an outage of Redis.',
    options: [['<word>', 'runs the test files whose path contains the word']],
    example: 'npm run test:observability',
    needs: ['redis', 'prometheus', 'build'],
    ...vitestWith('test/observability/vitest.config.ts'),
  },
  'test:browser': {
    about: 'Tests the live page in Chromium, with two instances and traffic.',
    options: [['PICTURES=1', 'also writes the pictures of docs/pictures, after two minutes of traffic']],
    example: 'npm run test:browser',
    needs: ['redis', 'chromium', 'build'],
    ...vitestWith('test/browser/vitest.config.ts'),
  },
  demo: {
    about: 'Runs two instances under traffic, kills Redis for ten seconds, and prints the address of the live page.',
    options: [['--seconds=<n>', 'how long, at least 16; 60 by default']],
    example: 'npm run demo',
    needs: ['redis', 'build'],
    program: 'test/demo/demo.mjs',
  },
  compare: {
    about: 'Compares the correctness of other caching libraries with ours, and writes docs/comparison.md.',
    options: [
      ['--quick', 'measures for seconds, and writes no page'],
      ['--only=<workload>', 'runs one workload; may be repeated'],
      ['--seconds=<n>', 'sets the length of each measurement'],
    ],
    example: 'npm run compare -- --quick',
    needs: ['redis'],
    program: 'test/compare/compare.mjs',
  },
  ...benchmarks,
  'build:libs': {
    about: 'Compiles the libraries into their dist folders, as their packages have them.',
    example: 'npm run build:libs',
    program: 'scripts/packages/build-libs.mjs',
  },
  pack: {
    about: 'Packs the libraries into tarballs, which npm can install.',
    example: 'npm run pack',
    program: 'scripts/packages/pack.mjs',
  },
  'lock:packages': {
    about: 'Writes the lock files of the applications in test/packages.',
    example: 'npm run lock:packages',
    program: 'scripts/packages/lock-apps.mjs',
  },
  migrate: {
    about: 'Migrates the configured database to the current schema.',
    options: [['DATABASE_URL=postgres://…', 'migrates this PostgreSQL instead of the embedded database']],
    example: 'npm run migrate',
    needs: ['build'],
    program: 'dist/apps/api/migrate.js',
  },
  seed: {
    about: 'Migrates the configured database and adds users to it.',
    options: [
      ['--users <n>', 'the number of users; 10000 by default'],
      ['DATABASE_URL=postgres://…', 'fills this PostgreSQL instead of the embedded database'],
    ],
    example: 'npm run seed -- --users 500',
    needs: ['build'],
    program: 'dist/apps/api/seed.js',
  },
  verify: {
    about: 'Runs every check but the tests: types, lint, format, imports, docs, generated files.',
    example: 'npm run verify',
    program: 'scripts/verify/verify.mjs',
  },
  generate: {
    about: 'Adds a module or a field to the example API, wires it, and regenerates the OpenAPI document.',
    options: [
      ['module <name> [<field>:<type> …]', 'a module with its tests; the name is the plural of the resource'],
      ["field <module> '<field>:<type>?'", 'an optional field of an existing module'],
      ['<type>', 'string, int, bool, timestamp or uuid; a ? makes a field optional'],
      ['--singular <name>', 'the singular, if it is not the plural without its s'],
    ],
    example: 'npm run generate -- module invoices amount:int currency:string',
    program: 'scripts/module/generate.mjs',
  },
  'generate:lua': {
    about: 'Writes the TypeScript bindings of the Lua scripts.',
    options: [['--check', 'writes nothing, and fails if the file is outdated']],
    example: 'npm run generate:lua',
    program: 'scripts/lua/generate-lua.mjs',
  },
  'generate:reference': {
    about: 'Writes the reference pages from doc comments.',
    options: [['--check', 'writes nothing, and fails if a page is outdated']],
    example: 'npm run generate:reference',
    program: 'scripts/docs/generate-reference.mjs',
  },
  'generate:openapi': {
    about: 'Writes docs/reference/openapi.json from the routes.',
    options: [['--check', 'writes nothing, and fails if the document is outdated']],
    example: 'npm run generate:openapi',
    program: 'scripts/docs/generate-openapi.mjs',
  },
  'generate:answers': {
    about: 'Writes the page of answered issues from test titles.',
    options: [['--check', 'writes nothing, and fails if the page is outdated']],
    example: 'npm run generate:answers',
    program: 'scripts/docs/generate-answered-issues.mjs',
  },
  'docs:build': {
    about: 'Builds the site of the documentation into docs/dist, and checks its links, sidebar and search.',
    options: [['DOCS_BASE=/nuthatch/', 'builds for a site below this path']],
    example: 'npm run docs:build',
    program: 'scripts/docs/build-site.mjs',
  },
  'docs:dev': {
    about: 'Serves the site of the documentation, and shows changes at once.',
    options: [['--port <n>', 'listens on another port than 5173; all options of VitePress work']],
    example: 'npm run docs:dev',
    program: 'scripts/docs/build-site.mjs',
    args: ['--dev'],
  },
  'release:version': {
    about: 'Raises the version of all packages and moves the waiting changes into CHANGELOG.md.',
    example: 'npm run release:version',
    program: 'scripts/release/raise-version.mjs',
  },
  'release:notes': {
    about: 'Prints the section of CHANGELOG.md for a tag, and fails if a package has another version.',
    options: [['<tag>', 'v and the version; the current version by default']],
    example: 'npm run --silent release:notes -- v0.1.0',
    program: 'scripts/release/print-notes.mjs',
  },
  format: {
    about: 'Formats every file.',
    options: [['--check', 'changes nothing, and fails if a file is not formatted; all options of Prettier work']],
    example: 'npm run format',
    program: 'node_modules/prettier/bin/prettier.cjs',
    args: ['--write', '.'],
  },
  lint: {
    about: 'Checks the code with oxlint.',
    options: [['--fix', 'repairs what it can; all options of oxlint work']],
    example: 'npm run lint -- libs/cache',
    program: 'node_modules/oxlint/bin/oxlint',
  },
  typecheck: {
    about: 'Checks the types of everything.',
    options: [['--incremental', 'checks what changed since the last run; all options of tsc work']],
    example: 'npm run typecheck',
    program: 'node_modules/typescript/bin/tsc',
    args: ['--noEmit'],
  },
};
