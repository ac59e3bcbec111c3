import { describe, expect, it } from 'vitest';
import { type AdapterName, adapters, givenAdmin, secrets } from './given-admin.js';

const names: readonly AdapterName[] = ['Fastify', 'Express'];

describe.each(names)('access to the admin API on %s', (adapter) => {
  it('answers 404 to every request when there is no token', async () => {
    const { operator } = await givenAdmin(adapter, { tokens: [] });
    await operator.get('/admin/cache/stats').expect(404);
    await operator.post('/admin/cache/clear', {}).expect(404);
  });

  it('answers 401 with a challenge to a request without a token, and names the error of a wrong one', async () => {
    const { server, as } = await givenAdmin(adapter);
    await server
      .get('/admin/cache/stats')
      .expect(401)
      .expect('www-authenticate', 'Bearer')
      .expect('cache-control', 'no-store');
    await as('a-guess')
      .get('/admin/cache/stats')
      .expect(401)
      .expect('www-authenticate', 'Bearer error="invalid_token"');
    await server.get('/admin/cache/stats').set('authorization', `Basic ${secrets.reader}`).expect(401);
  });

  it('answers 403 with the missing scope to a token that lacks it, and changes nothing', async () => {
    const { reader, birds } = await givenAdmin(adapter);
    await birds.set('a', { name: 'A' });
    const body = { cache: 'birds.byId', confirm: 'birds.byId', reason: 'test' };
    await reader
      .post('/admin/cache/clear', body)
      .expect(403)
      .expect('www-authenticate', 'Bearer error="insufficient_scope", scope="invalidate"');
    await reader.get('/admin/cache/entry?cache=birds.byId&key=a').expect(403);
    expect(await birds.get('a')).toEqual({ name: 'A' });
  });

  it('audits a request whose token lacks the scope, as often as the token may send requests', async () => {
    const { reader, audited } = await givenAdmin(adapter, { requestsPerMinute: 1 });
    const body = { cache: 'birds.byId', confirm: 'birds.byId', reason: 'test' };
    await reader.post('/admin/cache/clear', body).expect(403);
    await reader.post('/admin/cache/clear', body).expect(429);
    const token = { token: 'dashboard', address: expect.any(String) };
    expect(audited()).toEqual([{ ...token, action: 'refused', tried: 'clear', scope: 'invalidate' }]);
  });

  it('audits each wrong token without its text, as often as an address may send one', async () => {
    const { server, as, audited } = await givenAdmin(adapter, { failuresPerMinute: 1 });
    await server.get('/admin/cache/stats').expect(401);
    await as('guess-1').get('/admin/cache/stats').expect(401);
    await as('guess-2').get('/admin/cache/stats').expect(429);
    expect(audited()).toEqual([{ address: expect.any(String), action: 'refused', tried: 'stats' }]);
  });

  it('answers 415 to a POST that is not JSON, as a form of another site would send it', async () => {
    const { server } = await givenAdmin(adapter);
    await server
      .post('/admin/cache/clear')
      .set('authorization', `Bearer ${secrets.operator}`)
      .type('text/plain')
      .send('{"cache":"birds.byId","confirm":"birds.byId","reason":"test"}')
      .expect(415);
  });

  it('answers 429 with Retry-After once a token has sent its requests of the minute, and other tokens go on', async () => {
    const { reader, operator } = await givenAdmin(adapter, { requestsPerMinute: 2 });
    await reader.get('/admin/cache/stats').expect(200);
    await reader.get('/admin/cache/stats').expect(200);
    await reader.get('/admin/cache/stats').expect(429).expect('retry-after', /^\d+$/);
    await operator.get('/admin/cache/stats').expect(200);
  });

  it('answers 429 to an address that sent too many wrong tokens, also to a right one', async () => {
    const { as, reader } = await givenAdmin(adapter, { failuresPerMinute: 2 });
    await as('guess-1').get('/admin/cache/stats').expect(401);
    await as('guess-2').get('/admin/cache/stats').expect(401);
    await as('guess-3').get('/admin/cache/stats').expect(429);
    await reader.get('/admin/cache/stats').expect(429);
  });
});

it('has a test server for every adapter', () => {
  expect(Object.keys(adapters)).toEqual(names);
});
