import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { uuidV7 } from '../../../apps/api/src/database/uuid-v7.js';
import { userTag } from '../support/entity-tags.js';
import { newDatabase, type RunningApi, startApi } from '../support/running-api.js';

const changedAt = new Date('2026-01-01T12:00:00.900Z');
const lastModified = 'Thu, 01 Jan 2026 12:00:00 GMT';

describe('the Last-Modified of a user', () => {
  const path = `/users/${uuidV7()}`;
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi(await newDatabase());
    const row = { id: path.slice('/users/'.length), name: 'Ada', email: 'ada@example.org' };
    const values = { ...row, created_at: changedAt, updated_at: changedAt };
    await api.app.get(Database).write((db) => db.insertInto('users').values(values).execute());
  });
  afterAll(() => api.stop());

  it('is sent and answers If-Modified-Since and If-Unmodified-Since', async () => {
    for (const cached of ['MISS', 'HIT']) {
      const { headers } = await api.send('GET', path);
      expect([headers.get('x-cache'), headers.get('last-modified')]).toEqual([cached, lastModified]);
    }
    const ask = (headers: Record<string, string>) => api.send('GET', path, { headers });
    expect((await ask({ 'if-modified-since': lastModified })).status).toBe(304);
    expect((await ask({ 'if-modified-since': 'Thu, 01 Jan 2026 11:59:59 GMT' })).status).toBe(200);
    expect((await ask({ 'if-modified-since': lastModified, 'if-none-match': userTag(9) })).status).toBe(200);
    expect((await ask({ 'if-unmodified-since': 'Thu, 01 Jan 2026 11:59:59 GMT' })).status).toBe(412);
  });

  it('is too coarse for a write, which requires If-Match instead', async () => {
    const headers = { 'if-unmodified-since': lastModified };
    const refused = await api.send('PATCH', path, { body: { name: 'Bea' }, headers });
    expect(refused).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    // RFC 9110 §13.1.4: an invalid date is ignored.
    const ignored = await api.send('PATCH', path, {
      body: { name: 'Ada' },
      headers: { 'if-unmodified-since': 'garbage' },
    });
    expect(ignored.status).toBe(200);
    const tagged = { ...headers, 'if-match': userTag(2) };
    expect((await api.send('PATCH', path, { body: { name: 'Bea' }, headers: tagged })).status).toBe(200);
  });

  it('is absent right after a change, because a second change could have the same date', async () => {
    const { status, headers } = await api.send('GET', path, { headers: { 'if-modified-since': lastModified } });
    expect([status, headers.get('etag'), headers.get('last-modified')]).toEqual([200, userTag(3), null]);
  });
});
