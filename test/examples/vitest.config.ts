import { defineConfig } from 'vitest/config';

/** `npm run test:examples` runs these tests. They install packages, so `npm test` does not. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    globalSetup: 'test/support/global-setup.ts',
    include: ['test/examples/*.example-spec.ts'],
    allowOnly: false,
    passWithNoTests: false,
    // Each example is compiled first.
    testTimeout: 180_000,
    // npm fetches the packages of the examples.
    hookTimeout: 240_000,
  },
});
