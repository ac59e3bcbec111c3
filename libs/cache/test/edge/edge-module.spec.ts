import { Test } from '@nestjs/testing';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheModule } from '../../src/cache.module.js';
import type { Cdn } from '../../src/edge/cdn/cdn.js';
import { EdgeModule, type EdgeOptions } from '../../src/edge/edge.module.js';

const cdn: Cdn = { headersOf: () => ({}), purge: async () => {} };

async function boot(options: Partial<EdgeOptions>): Promise<void> {
  const imports = [CacheModule.forRoot(), EdgeModule.forRoot({ client: new Pool(), cdn, ...options })];
  const testing = await Test.createTestingModule({ imports }).compile();
  onTestFinished(() => testing.close());
  await testing.init();
}

describe(EdgeModule, () => {
  it.each<[Partial<EdgeOptions>, RegExp]>([
    [{}, /needs OutboxModule/],
    [{ secret: '' }, /secret is empty/],
    [{ interval: 'soon' as '1s' }, /interval "soon": write a duration/],
  ])('rejects the options %j with what to do', async (options, problem) => {
    await expect(boot(options)).rejects.toMatchObject({
      code: 'CACHE_OPTIONS_INVALID',
      message: expect.stringMatching(problem),
    });
  });
});
