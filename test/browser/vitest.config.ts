import { defineConfig } from 'vitest/config';

/** These tests need Chromium, so `npm run test:browser` runs them, and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/support/global-setup.ts',
    include: ['test/browser/*.browser-spec.ts'],
    // They change the repository, and take minutes.
    exclude: process.env['PICTURES'] ? [] : ['test/browser/pictures.browser-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
