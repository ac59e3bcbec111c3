import { defineConfig } from 'vitest/config';

/** These tests take minutes and both cores, so `npm run test:chaos` runs them and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: ['test/support/global-setup.ts', 'test/chaos/app/build-app-worker.ts'],
    include: ['test/chaos/*.chaos-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
