import { defineConfig } from 'vitest/config';

/** These tests take minutes and both cores, so `npm run test:consistency` runs them and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: ['test/support/global-setup.ts', 'test/consistency/processes/worker/build-worker.ts'],
    include: ['test/consistency/processes/scenarios/*.consistency-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    // Files run one after the other, because each starts processes and measures times.
    fileParallelism: false,
    // A scenario that was late runs again.
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
