import { defineConfig } from 'vitest/config';

/** These tests need Varnish, so `npm run test:edge` runs them, and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/support/global-setup.ts',
    include: ['test/edge/*.edge-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    // They measure times.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
