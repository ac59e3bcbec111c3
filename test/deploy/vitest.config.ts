import { defineConfig } from 'vitest/config';

/** `npm run test:deploy` and `npm run test:image`. `npm test` leaves them out, because they need programs that few machines have. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'deploy',
          include: ['test/deploy/{compose,manifests,memory,proxy,workflows}/*.spec.ts'],
          globalSetup: 'test/support/global-setup.ts',
          // Its modules import JSON in the way of bundlers.
          server: { deps: { inline: ['@actions/workflow-parser'] } },
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'image',
          include: ['test/deploy/image/*.spec.ts'],
          globalSetup: 'test/support/global-setup.ts',
          testTimeout: 60_000,
          // The base and the image are built first: a minute and a half of an idle machine.
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
