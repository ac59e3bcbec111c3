import { describe, expect, it } from 'vitest';
import { errorCode, fixOf, isDisconnection, isRefusal, refusalOf, serverWord } from './error-code.js';
import { RedisDisconnectedError, RedisTimeoutError } from './redis-errors.js';

class SocketClosedUnexpectedlyError extends Error {}
class ConnectionTimeoutError extends Error {}
class SocketTimeoutError extends Error {}
class DisconnectsClientError extends Error {}
class ClientClosedError extends Error {}

describe(errorCode.name, () => {
  it('returns the code of the system', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' });
    expect(errorCode(refused)).toBe('ECONNREFUSED');
  });

  it.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS'],
    ['NOAUTH Authentication required.', 'NOAUTH'],
    ["READONLY You can't write against a read only replica.", 'READONLY'],
    ["NOPERM this user has no permissions to run the 'evalsha' command", 'NOPERM'],
    ["ERR The user executing the script can't run this command or subcommand", 'NOPERM'],
    ["ERR ACL failure in script: The user executing the script can't access one of the keys", 'NOPERM'],
    ['ERR DB index is out of range', 'ERR DB index is out of range'],
    ['ERR max number of clients reached', 'ERR max number of clients reached'],
    ['ERR unknown command `HELLO`, with args beginning with: `3` `AUTH` `nuthatch` `secret`', 'ERR unknown command'],
  ])('shortens the error reply "%s" to %s', (message, code) => {
    expect(errorCode(new Error(message))).toBe(code);
  });

  it.each([
    [new SocketClosedUnexpectedlyError('Socket closed unexpectedly'), 'CONNECTION_CLOSED'],
    [new ConnectionTimeoutError('Connection timeout'), 'CONNECT_TIMEOUT'],
    [new SocketTimeoutError('Socket timeout'), 'REDIS_TIMEOUT'],
    [new DisconnectsClientError('Disconnects client'), 'CONNECTION_CLOSED'],
    [new ClientClosedError('The client is closed'), 'CONNECTION_CLOSED'],
  ])('replaces the class name of the driver in %s by %s', (error, code) => {
    expect(errorCode(error)).toBe(code);
  });

  it('returns the code of the reason why a connection has ended', () => {
    const cause = new DisconnectsClientError('Disconnects client');
    expect(errorCode(new RedisDisconnectedError({ cause }))).toBe('CONNECTION_CLOSED');
  });

  it.each([
    [new Error('no reply at all')],
    [new Error('the word WRONGPASS inside of a message')],
    [{ code: 7 }],
    [undefined],
  ])('returns UNKNOWN for %s', (error) => {
    expect(errorCode(error)).toBe('UNKNOWN');
  });
});

describe(isDisconnection, () => {
  it.each([
    [new SocketClosedUnexpectedlyError('Socket closed unexpectedly'), true],
    [new DisconnectsClientError('Disconnects client'), true],
    [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }), true],
    [new RedisTimeoutError(100), false],
    [new Error('OOM command not allowed'), false],
    [Object.assign(new TypeError('no text'), { code: 'ERR_INVALID_ARG_TYPE' }), false],
    ['closed', false],
  ])('%s: %s', (error, expected) => {
    expect(isDisconnection(error)).toBe(expected);
  });
});

describe(refusalOf.name, () => {
  it.each([
    ['MISCONF Redis is configured to save RDB snapshots', 'MISCONF'],
    ['NOPERM this user has no permissions', 'NOPERM'],
    ["ERR unknown command 'EVALSHA', with args beginning with: 'secret'", 'ERR unknown command'],
  ])('returns the word of the reply "%s": %s', (message, word) => {
    expect(refusalOf(new Error(message))).toBe(word);
  });

  it('returns nothing for errors of the connection and for other values', () => {
    const refused = Object.assign(new Error('ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const closed = [new Error('Socket closed unexpectedly'), new SocketClosedUnexpectedlyError('READONLY')];
    for (const error of [...closed, new RedisTimeoutError(100), refused, 'READONLY'])
      expect(refusalOf(error)).toBeUndefined();
  });
});

describe(serverWord.name, () => {
  it.each([
    ['READONLY', 'READONLY'],
    ['ERR DB index is out of range', 'ERR DB index is out of range'],
    ['ECONNREFUSED', undefined],
    ['REDIS_TIMEOUT', undefined],
    ['CONNECTION_CLOSED', undefined],
    ['UNKNOWN', undefined],
    [undefined, undefined],
  ])('returns for the code %s: %s', (code, word) => {
    expect(serverWord(code)).toBe(word);
  });
});

describe(isRefusal.name, () => {
  it.each(['NOPERM', 'MISCONF', 'NOREPLICAS', 'OOM', 'MOVED', 'CLUSTERDOWN', 'ERR unknown command'])(
    'accepts %s, with which a server that is up refuses an operation',
    (code) => {
      expect(isRefusal(code)).toBe(true);
    },
  );

  it.each(['NOSCRIPT', 'WRONGTYPE', 'REDIS_TIMEOUT', 'UNKNOWN'])('rejects %s', (code) => {
    expect(isRefusal(code)).toBe(false);
  });
});

describe(fixOf.name, () => {
  it('returns a sentence for each code that an operator can mend', () => {
    expect(fixOf('WRONGPASS')).toMatch(/the user and the password in the Redis URL/);
    expect(fixOf('CONNECT_TIMEOUT')).toMatch(/rediss:\/\/, the port must speak TLS/);
    expect(fixOf('ERR DB index is out of range')).toMatch(/number of the database/);
    expect(fixOf('NOPERM')).toMatch(/commands, keys and channel/);
  });

  it.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /certificate and the key of this client/],
    ['CERT_HAS_EXPIRED', /Renew the certificate/],
    ['ERR_SSL_TLSV1_ALERT_CERTIFICATE_EXPIRED', /Renew the certificate/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /server name/],
    ['ERR_OSSL_PEM_NO_START_LINE', /PEM/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /certificate authority/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate authority/],
    ['SENTINEL_ERR No such master with that name', /SENTINEL MASTERS/],
    ['SENTINEL_WRONGPASS', /password of the Sentinels/],
    ['SENTINEL_ECONNREFUSED', /majority of the Sentinels/],
  ])('returns a sentence for %s, of which there are many kinds', (code, fix) => {
    expect(fixOf(code)).toMatch(fix);
  });

  it.each(['UNKNOWN', undefined])('returns nothing for %s', (code) => {
    expect(fixOf(code)).toBe('');
  });
});
