import { defineConfig } from 'vitest/config';

/** What measures times, or ends servers while requests are under way. */
const TIMED = [
  'libs/{health,redis}/test/**/*.spec.ts',
  'libs/cache/test/{coherence,fault-proxy,memory}.spec.ts',
  'libs/cache/test/manager/redis-{away,back}.spec.ts',
  'test/{support,bench}/**/*.spec.ts',
  'test/e2e/operations/{cache-faults,health,shutdown,users-database-away}.e2e-spec.ts',
];

/** What measures no time needs no core for itself. Projects of one group have one number of workers. */
const ON_BOTH_CORES = { maxWorkers: 2, sequence: { groupOrder: 1 } };

/** One Redis and one PostgreSQL serve all projects: see test/support/global-setup.ts. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/support/global-setup.ts',
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs}/*/src/**/*.spec.ts', 'scripts/**/*.spec.mjs'],
          // Ten times faster. So a spec leaves nothing behind: no global, no module state, no mocked module.
          isolate: false,
          ...ON_BOTH_CORES,
        },
      },
      {
        extends: true,
        test: {
          name: 'behaviour',
          include: ['{apps,libs}/*/test/**/*.spec.ts', 'test/{compare,consistency/processes}/**/*.spec.ts'],
          exclude: [...TIMED, 'libs/cache/test/property/**'],
          ...ON_BOTH_CORES,
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
          ...ON_BOTH_CORES,
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'model',
          include: ['test/consistency/model/**/*.model-spec.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e-spec.ts'],
          exclude: TIMED,
          ...ON_BOTH_CORES,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'timed',
          include: TIMED,
          // One after the other: each starts processes of its own, and their times matter.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
