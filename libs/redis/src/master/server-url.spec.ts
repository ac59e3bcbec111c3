import { describe, expect, it } from 'vitest';
import { parseServerUrl } from './server-url.js';

describe(parseServerUrl, () => {
  it('returns the address of a URL without more, at the default port', () => {
    expect(parseServerUrl('redis://cache')).toEqual({
      address: { host: 'cache', port: 6379 },
      access: {},
      database: undefined,
    });
  });

  it('decodes the user and the password, and turns TLS on for rediss://', () => {
    expect(parseServerUrl('rediss://app:p%40ss%2F@[::1]:6380/7')).toEqual({
      address: { host: '::1', port: 6380 },
      access: { username: 'app', password: 'p@ss/', tls: {} },
      database: 7,
    });
  });

  it.each(['http://cache', 'redis://cache/name', 'cache'])('rejects %s', (text) => {
    expect(() => parseServerUrl(text)).toThrow(TypeError);
  });
});
