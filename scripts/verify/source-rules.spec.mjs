import { describe, expect, it } from 'vitest';
import { sourceFaults } from './source-rules.mjs';

describe(sourceFaults, () => {
  it.each([
    ['apps/api/src/users/users.service.ts', 'const { env } = process.env;'],
    ['libs/cache/src/core/read/read-through.ts', 'const now = Date.now();'],
    ['libs/cache/src/redis/redis-store.ts', 'setTimeout(retry, Math.random() * 10);'],
    ['libs/cache/src/core/store/record-format.spec.ts', "import { setTimeout } from 'node:timers/promises';"],
    ['libs/cache/test/stampede.spec.ts', "it.skipIf(!process.env.REDIS)('loads once', run);"],
    ['test/e2e/users/users.e2e-spec.ts', "describe.concurrent.only('users', run);"],
    ['test/e2e/users/users.e2e-spec.ts', "it('reads', ({ skip }) => skip());"],
    ['apps/api/src/users.test.ts', ''],
    ['test/e2e/users.spec.ts', ''],
    ['libs/cache/scripts/lua.spec.ts', ''],
    ['test/chaos/redis-down.chaos-spec.ts', ''],

    ['test/e2e/users.chaos-spec.ts', ''],
    ['test/consistency/model/slot.e2e-spec.ts', ''],
    ['test/consistency/processes/crash.model-spec.ts', ''],
    ['test/consistency/processes/worker/crash.consistency-spec.ts', ''],
  ])('finds a fault in %s: %s', (file, text) => {
    expect(sourceFaults(file, text)).toHaveLength(1);
  });

  it.each([
    ['apps/api/src/app.config.ts', 'load(process.env);'],
    ['libs/cache/src/core/clock.ts', 'now: () => Date.now()'],
    ['libs/cache/src/core/read/read-through.ts', ' * not Date.now(), see clock.ts'],
    ['libs/cache/test/stampede.spec.ts', "it('loads once', run);"],
    ['libs/cache/src/core/store/record-format.spec.ts', ''],
    ['test/e2e/users/users.e2e-spec.ts', ''],
    ['test/consistency/model/slot.model-spec.ts', ''],
    ['test/consistency/model/parts/slot.model-spec.ts', ''],
    ['test/consistency/processes/scenarios/crash.consistency-spec.ts', ''],
    ['test/consistency/processes/history/history.spec.ts', ''],
    ['scripts/verify/lock-file.spec.mjs', ''],
  ])('has nothing against %s: %s', (file, text) => {
    expect(sourceFaults(file, text)).toEqual([]);
  });
});
