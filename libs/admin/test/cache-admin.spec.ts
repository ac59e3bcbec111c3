import { describe, expect, it } from 'vitest';
import { type AdapterName, givenAdmin } from './given-admin.js';

describe.each<AdapterName>(['Fastify', 'Express'])('the admin API on %s', (adapter) => {
  it('reports the counters and the policy of each cache', async () => {
    const { server, reader } = await givenAdmin(adapter);
    await server.get('/birds/a').expect(200);
    await server.get('/birds/a').expect(200);
    const stats = await reader.get('/admin/cache/stats').expect(200);
    expect(stats.body).toMatchObject({
      scope: 'this-instance',
      pending: 0,
      refusal: null,
      staleness: null,
      caches: { 'birds.byId': { gets: 2, hits: 1, misses: 1 }, 'birds.page': { gets: 0 } },
    });
    const caches = await reader.get('/admin/cache/caches').expect(200);
    expect(caches.body).toMatchObject([
      { name: 'birds.byId', version: 1, ttlMs: 30_000, negativeTtlMs: null, hasTags: true, counters: { gets: 2 } },
      { name: 'birds.page', ttlMs: 10_000, hasTags: false },
    ]);
  });

  it('lists the records that are read most, and the tags that cause misses', async () => {
    const { server, reader, birds } = await givenAdmin(adapter);
    for (const id of ['a', 'b', 'b']) await server.get(`/birds/${id}`).expect(200);
    await birds.invalidateTags(['birds']);
    await server.get('/birds/b').expect(200);
    const hot = await reader.get('/admin/cache/hot-keys?limit=1').expect(200);
    expect(hot.body).toEqual([
      { cache: 'birds.byId', recordKey: 'nuthatch:c:birds.byId:sb', readsPerSecond: expect.any(Number) },
    ]);
    const tags = await reader.get('/admin/cache/tags').expect(200);
    expect(tags.body).toMatchObject([
      { recordKey: expect.stringContaining('birds'), misses: 1, invalidations: 1, invalidatedAt: expect.any(Number) },
    ]);
  });

  it('explains the entry of a URL and of a key, and the explanations agree', async () => {
    const { server, reader } = await givenAdmin(adapter);
    await server.get('/birds/a').expect(200);
    const ofUrl = await reader
      .get('/admin/cache/explain')
      .query({ url: 'https://api.example.org/birds/a' })
      .expect(200);
    expect(ofUrl.body).toMatchObject({
      cache: 'birds.byId',
      key: 'a',
      state: 'l1',
      route: { handler: 'Birds.find', hasVariants: false },
    });
    const ofKey = await reader.get('/admin/cache/explain?cache=birds.byId&key=a').expect(200);
    expect(ofKey.body.recordKey).toBe(ofUrl.body.recordKey);
    await reader.get('/admin/cache/explain').query({ url: '/fish/a' }).expect(404);
  });

  it('returns a value as JSON, with a bigint as its digits, and reads the JSON of a key that is no text', async () => {
    const { operator, pages, audited } = await givenAdmin(adapter);
    await pages.set({ limit: 3 }, 7n);
    const found = await operator
      .get('/admin/cache/entry')
      .query({ cache: 'birds.page', key: '{"limit":3}' })
      .expect(200);
    expect(found.body).toMatchObject({ state: 'l2', value: '7' });
    const absent = await operator
      .get('/admin/cache/entry')
      .query({ cache: 'birds.page', key: '{"limit":4}' })
      .expect(200);
    expect(absent.body).toMatchObject({ state: 'absent', value: null });
    expect(audited()).toContainEqual(
      expect.objectContaining({ token: 'ops', action: 'read-value', cache: 'birds.page', entries: 1 }),
    );
  });

  it('answers 404 for an unknown cache with the names of the known ones, and 400 for a key or a query that is not valid', async () => {
    const { reader } = await givenAdmin(adapter);
    const unknown = await reader.get('/admin/cache/explain?cache=fish&key=a').expect(404);
    expect(unknown.body.message).toBe('No cache is named "fish". This application has: birds.byId, birds.page.');
    await reader.get('/admin/cache/explain?cache=birds.byId&key=A-B').expect(400);
    await reader.get('/admin/cache/explain?cache=birds.page&key=%7B').expect(400);
    const empty = await reader.get('/admin/cache/explain?url=').expect(400);
    expect(empty.body.faults).toEqual([{ path: ['url'], message: 'Write a text of 1 to 8000 characters.' }]);
    const neither = await reader.get('/admin/cache/explain').expect(400);
    expect(neither.body.faults).toEqual([{ path: [], message: 'Send "url", or "cache" and "key".' }]);
  });

  it('invalidates entries and tags as one unit, and audits them without the keys', async () => {
    const { server, operator, audited } = await givenAdmin(adapter);
    await server.get('/birds/a').expect('x-cache', 'MISS');
    await server.get('/birds/b').expect('x-cache', 'MISS');
    const body = { keys: [{ cache: 'birds.byId', key: 'a' }], reason: 'wrong name' };
    const report = await operator.post('/admin/cache/invalidations', body).expect(200);
    expect(report.body).toEqual({ scope: 'this-instance', applied: 'applied', tags: [], found: [] });
    await server.get('/birds/a').expect('x-cache', 'MISS');
    await server.get('/birds/b').expect('x-cache', 'HIT');
    await operator.post('/admin/cache/invalidations', { tags: ['birds'], reason: 'import' }).expect(200);
    await server.get('/birds/b').expect('x-cache', 'MISS');
    expect(audited()).toEqual([
      expect.objectContaining({
        token: 'ops',
        action: 'invalidate',
        entries: 1,
        reason: 'wrong name',
        applied: 'applied',
      }),
      expect.objectContaining({ action: 'invalidate', entries: 0, tags: ['birds'], reason: 'import' }),
    ]);
    expect(JSON.stringify(audited())).not.toContain('"a"');
    const journal = await operator.get('/admin/cache/journal').expect(200);
    expect(journal.body).toMatchObject([
      { kind: 'invalidation', names: 1, confirmedBy: [] },
      { kind: 'invalidation', names: 1 },
    ]);
  });

  it('shows in a dry run what it would invalidate, and invalidates nothing', async () => {
    const { server, operator } = await givenAdmin(adapter);
    await server.get('/birds/a').expect('x-cache', 'MISS');
    const body = { keys: [{ cache: 'birds.byId', key: 'a' }], tags: ['birds'], reason: 'test', dryRun: true };
    const report = await operator.post('/admin/cache/invalidations', body).expect(200);
    expect(report.body).toMatchObject({ applied: null, tags: ['birds'], found: [{ key: 'a', state: 'l1' }] });
    await server.get('/birds/a').expect('x-cache', 'HIT');
  });

  it('invalidates nothing when one of the keys is not valid', async () => {
    const { server, operator } = await givenAdmin(adapter);
    await server.get('/birds/a').expect('x-cache', 'MISS');
    const keys = [
      { cache: 'birds.byId', key: 'a' },
      { cache: 'birds.byId', key: 'A-B' },
    ];
    await operator.post('/admin/cache/invalidations', { keys, reason: 'test' }).expect(400);
    await server.get('/birds/a').expect('x-cache', 'HIT');
  });

  it('clears a cache whose name is repeated, and no other', async () => {
    const { server, operator, pages } = await givenAdmin(adapter);
    await server.get('/birds/a').expect('x-cache', 'MISS');
    await pages.set({ limit: 1 }, 1n);
    await operator.post('/admin/cache/clear', { cache: 'birds.byId', confirm: 'birds', reason: 'test' }).expect(400);
    await server.get('/birds/a').expect('x-cache', 'HIT');
    await operator
      .post('/admin/cache/clear', { cache: 'birds.byId', confirm: 'birds.byId', reason: 'test' })
      .expect(200);
    await server.get('/birds/a').expect('x-cache', 'MISS');
    expect(await pages.get({ limit: 1 })).toBe(1n);
  });

  it('audits a clear, and an action that fails with what was tried and without the message of the error', async () => {
    const { operator, audited } = await givenAdmin(adapter);
    const clear = (cache: string) => operator.post('/admin/cache/clear', { cache, confirm: cache, reason: 'test' });
    await clear('birds.byId').expect(200);
    await clear('fish').expect(404);
    const keys = [{ cache: 'birds.byId', key: 'A-B' }];
    await operator.post('/admin/cache/invalidations', { keys, tags: ['birds'], reason: 'test' }).expect(400);
    const who = { token: 'ops', address: expect.any(String), reason: 'test' };
    expect(audited()).toEqual([
      { ...who, action: 'clear', cache: 'birds.byId', applied: 'applied' },
      { ...who, action: 'clear', cache: 'fish', failed: 'AdminError' },
      { ...who, action: 'invalidate', entries: 1, tags: ['birds'], dryRun: false, failed: 'AdminError' },
    ]);
  });

  it.each([
    ['no key and no tag', { reason: 'test' }],
    ['no reason', { tags: ['birds'] }],
    ['an unknown member', { tags: ['birds'], reason: 'test', force: true }],
    ['an empty tag', { tags: [''], reason: 'test' }],
    [
      'more than 1,000 keys',
      { keys: Array.from({ length: 1_001 }, () => ({ cache: 'birds.byId', key: 'a' })), reason: 'test' },
    ],
  ])('answers 400 to an invalidation with %s', async (_, body) => {
    const { operator } = await givenAdmin(adapter);
    await operator.post('/admin/cache/invalidations', body).expect(400);
  });
});
