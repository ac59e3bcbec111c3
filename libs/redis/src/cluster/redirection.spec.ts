import { describe, expect, it } from 'vitest';
import { isRedirection, redirectionOf } from './redirection.js';

describe(redirectionOf, () => {
  it.each([
    ['MOVED 3999 127.0.0.1:6381', { kind: 'MOVED', address: { host: '127.0.0.1', port: 6381 } }],
    ['ASK 3999 ::1:6381', { kind: 'ASK', address: { host: '::1', port: 6381 } }],
    ['MOVED 3999 :6381', { kind: 'MOVED', address: { host: '', port: 6381 } }],
    ['TRYAGAIN Multiple keys request during rehashing of slot', undefined],
    ['CLUSTERDOWN Hash slot not served', undefined],
    ['ERR MOVED 1 a:1', undefined],
  ])('returns for the reply %s where it leads', (reply, redirection) => {
    expect(redirectionOf(new Error(reply))).toEqual(redirection);
  });

  it('returns nothing for what is no error', () => {
    expect(redirectionOf('MOVED 3999 127.0.0.1:6381')).toBeUndefined();
  });
});

describe(isRedirection, () => {
  it('accepts the codes of a node that is well and does not have the record', () => {
    expect(['MOVED', 'ASK', 'TRYAGAIN', 'CLUSTERDOWN', 'READONLY'].filter(isRedirection)).toEqual([
      'MOVED',
      'ASK',
      'TRYAGAIN',
    ]);
  });
});
