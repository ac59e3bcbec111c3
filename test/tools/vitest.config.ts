import { defineConfig } from 'vitest/config';

/** These tests run what a reader of the documentation runs, so `npm run test:tools` runs them, and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/support/global-setup.ts',
    include: ['test/tools/*.tools-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    fileParallelism: false,
    hookTimeout: 120_000,
  },
});
