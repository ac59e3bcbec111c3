import { defineConfig } from 'vitest/config';

/** Minutes, not seconds, and both cores: not part of `npm test`, but of `npm run test:consistency`. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: ['test/support/global-setup.ts', 'test/consistency/processes/worker/build-worker.ts'],
    include: ['test/consistency/processes/scenarios/*.consistency-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    // One after the other: each starts processes of its own, and their times matter.
    fileParallelism: false,
    // A scenario that was late runs twice.
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
