import { defineConfig } from 'vitest/config';

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
        },
      },
      {
        extends: true,
        test: {
          name: 'behaviour',
          include: [
            '{apps,libs}/*/test/**/*.spec.ts',
            'test/{support,compare,bench/http,consistency/processes}/*.spec.ts',
          ],
          testTimeout: 15_000,
          hookTimeout: 30_000,
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
          include: ['test/{e2e,chaos}/**/*.*-spec.ts'],
          // One after the other: each starts processes of its own, and their times matter.
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
