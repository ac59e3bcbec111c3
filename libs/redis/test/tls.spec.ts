import { type RedisAccess, RedisConnection } from '@nuthatch/redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Authority, type Certificate } from '../../../test/support/redis/certificates.js';
import { eventually } from '../../../test/support/eventually.js';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';

let authority: Authority;
let server: RedisServer;
let client: Certificate;
beforeAll(async () => {
  authority = await Authority.create();
  client = await authority.issue('client');
  const certificate = await authority.issue('server', { dns: ['redis.internal'], ip: ['127.0.0.1'] });
  server = await startRedis({ tls: { ...certificate, ca: authority.ca, caFile: authority.caFile } });
});
afterAll(async () => {
  await server.kill();
  await authority.remove();
});

async function connect(access: () => RedisAccess, { url }: { readonly url: string } = server) {
  const redis = new RedisConnection({ topology: { mode: 'single', url }, access });
  onTestFinished(() => redis.close());
  redis.open();
  await redis.firstAttempt;
  return redis;
}

const withClient = () => ({ ca: authority.ca, cert: client.cert, key: client.key });

describe('rediss://', () => {
  it('connects to a server that requires a certificate, on both connections', async () => {
    const redis = await connect(() => ({ tls: withClient() }));
    expect(redis.state).toMatchObject({ connected: true, lastError: undefined });
    const subscriber = redis.duplicate('pushes');
    onTestFinished(() => subscriber.close());
    subscriber.open();
    await subscriber.firstAttempt;
    expect(subscriber.state.connected).toBe(true);
  });

  it('checks the name of the server that the options give, instead of the host', async () => {
    const right = await connect(() => ({ tls: { ...withClient(), servername: 'redis.internal' } }));
    expect(right.state.connected).toBe(true);
    const wrong = await connect(() => ({ tls: { ...withClient(), servername: 'redis.example' } }));
    expect(wrong.state).toMatchObject({ connected: false, lastError: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('rejects a server whose authority it does not trust', async () => {
    const redis = await connect(() => ({ tls: { cert: client.cert, key: client.key } }));
    expect(redis.state).toMatchObject({ connected: false, lastError: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });

  it('reports that the server requires a certificate', async () => {
    const redis = await connect(() => ({ tls: { ca: authority.ca } }));
    await eventually(() => expect(redis.state.lastError).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'));
    expect(redis.state.connected).toBe(false);
  });

  it('reports a certificate that is no PEM text', async () => {
    const redis = await connect(() => ({ tls: { ...withClient(), cert: 'not a certificate' } }));
    expect(redis.state).toMatchObject({ connected: false, lastError: 'ERR_OSSL_PEM_NO_START_LINE' });
  });

  it('connects without a restart once the client certificate is renewed', async () => {
    let current: RedisAccess = { tls: { ...withClient(), ...(await authority.issue('old', {}, 0)) } };
    const redis = await connect(() => current);
    await eventually(() => expect(redis.state.lastError).toMatch(/^ERR_SSL_.*CERTIFICATE_EXPIRED$/));
    current = { tls: withClient() };
    await eventually(() => expect(redis.state.connected).toBe(true));
  });
});
