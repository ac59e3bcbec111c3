import { defineConfig } from 'vitest/config';

/** These tests take minutes and both cores, so `npm run test:chaos` runs them and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: ['test/support/global-setup.ts', 'test/consistency/processes/worker/build-worker.ts'],
    include: ['test/chaos/*.chaos-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
