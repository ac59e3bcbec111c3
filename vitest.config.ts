import { defineConfig } from 'vitest/config';

/** Tests that load the machine or measure the heap. Each file has the machine and a process to itself. */
const ALONE = [
  'test/e2e/operations/{cache-faults,overload,shutdown}.e2e-spec.ts',
  'libs/cache/test/{memory,outbox/costs}.spec.ts',
];

/** Tests that measure times, or end servers while requests are in flight. They mostly wait. */
const TIMED = [
  'libs/{health,redis}/test/**/*.spec.ts',
  'libs/cache/test/{coherence,fast-path,fault-proxy}.spec.ts',
  'libs/cache/test/manager/{boot,redis-away}.spec.ts',
  'test/{support,bench/http/load}/**/*.spec.ts',
  'test/e2e/operations/health.e2e-spec.ts',
];

/** One more than the two cores that the tests are made for: a worker often waits for a server that it has started. */
const WORKERS = 3;

/** The other tests share the cores. Vitest wants one number of workers per group. */
const TOGETHER = { maxWorkers: WORKERS, sequence: { groupOrder: 1 } };

/** All projects share one Redis and one PostgreSQL: see test/support/global-setup.ts. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/support/global-setup.ts',
    allowOnly: false,
    passWithNoTests: false,
    // As long as `eventually` waits.
    expect: { poll: { timeout: 5_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs}/*/src/**/*.spec.ts', 'scripts/**/*.spec.mjs'],
          // Ten times faster, so a spec must leave no global, no module state and no mocked module behind.
          isolate: false,
          ...TOGETHER,
        },
      },
      {
        extends: true,
        test: {
          name: 'behaviour',
          include: ['{apps,libs}/*/test/**/*.spec.ts', 'test/{bench,chaos,compare,consistency/processes}/**/*.spec.ts'],
          exclude: [...TIMED, ...ALONE, 'libs/cache/test/property/**'],
          isolate: false,
          ...TOGETHER,
          testTimeout: 15_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'property',
          include: ['libs/cache/test/property/*.spec.ts'],
          isolate: false,
          ...TOGETHER,
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'model',
          include: ['test/consistency/model/**/*.model-spec.ts'],
          isolate: false,
          ...TOGETHER,
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e-spec.ts'],
          setupFiles: 'test/e2e/support/watch/check-after-each.ts',
          exclude: [...TIMED, ...ALONE],
          isolate: false,
          ...TOGETHER,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'timed',
          include: TIMED,
          isolate: false,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 2 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
