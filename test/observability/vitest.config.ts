import { defineConfig } from 'vitest/config';

/** These tests need Prometheus, so `npm run test:observability` runs them, and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/support/global-setup.ts',
    include: ['test/observability/*.observability-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    // They mostly wait for scrapes.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
