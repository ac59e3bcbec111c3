import { defineConfig } from 'vitest/config';

/** These tests install applications, so `npm run test:packages` runs them and `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/packages/support/prepare.ts',
    include: ['test/packages/*.packages-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    maxWorkers: 4,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
