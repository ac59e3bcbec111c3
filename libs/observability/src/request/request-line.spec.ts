import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { requestLevel, requestLine, requestPath } from './request-line.js';

interface Given {
  readonly url?: string;
  readonly originalUrl?: string;
  readonly status?: number;
  readonly finished?: boolean;
  readonly ip?: string;
  readonly headers?: IncomingMessage['headers'];
}

function given({ url = '/users', originalUrl = url, status = 200, finished = true, ip, headers = {} }: Given = {}) {
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url, originalUrl, ip, headers });
  const response = new ServerResponse(request);
  response.statusCode = status;
  vi.spyOn(response, 'writableFinished', 'get').mockReturnValue(finished);
  return { request, response };
}

describe(requestLine, () => {
  it('contains method, path, status and duration, and no other member', () => {
    const { request, response } = given({ url: '/users?q=ada' });
    expect(requestLine(request, response, 12)).toEqual({ method: 'GET', path: '/users', status: 200, durationMs: 12 });
  });

  it('contains the path that the client sent, although middleware shortened it', () => {
    const { request, response } = given({ url: '/1', originalUrl: '/users/1?q=ada' });
    expect(requestLine(request, response, 1).path).toBe('/users/1');
  });

  it('cuts a path after 200 characters', () => {
    const { request, response } = given({ url: `/${'a'.repeat(500)}` });
    expect(requestLine(request, response, 1).path).toBe(`/${'a'.repeat(199)}`);
  });

  it.each([200, 503])(
    'marks a response that did not finish as aborted, with the status 499 instead of %i',
    (status) => {
      const { request, response } = given({ finished: false, status });
      expect(requestLine(request, response, 1)).toMatchObject({ aborted: true, status: 499 });
    },
  );

  it.each(['192.0.2.1', '2001:db8::1'])('contains the client address %s', (ip) => {
    const { request, response } = given({ ip });
    expect(requestLine(request, response, 1)).toMatchObject({ clientAddress: ip });
  });

  it('omits a client address that is not an address', () => {
    const { request, response } = given({ ip: 'ada@example.com' });
    expect(requestLine(request, response, 1)).not.toHaveProperty('clientAddress');
  });

  it('contains the trace id of traceparent', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { request, response } = given({ headers: { traceparent } });
    expect(requestLine(request, response, 1)).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
  });

  it('contains the error of the response', () => {
    const { request, response } = given({ status: 500 });
    const err = new Error('broken');
    expect(requestLine(request, Object.assign(response, { err }), 1)).toMatchObject({ status: 500, err });
  });
});

describe(requestLevel, () => {
  it.each([
    ['/users', 200, undefined, 'info'],
    ['/users', 404, undefined, 'info'],
    ['/users', 500, undefined, 'error'],
    ['/users', 503, undefined, 'error'],
    ['/users', 200, new Error('broken'), 'error'],
    ['/health', 200, undefined, 'debug'],
    ['/health/ready?verbose', 503, undefined, 'debug'],
    ['/metrics', 200, undefined, 'debug'],
    ['HTTP://localhost/health?verbose', 200, undefined, 'debug'],
    ['http://localhost/users/health', 200, undefined, 'info'],
    ['/healthy', 200, undefined, 'info'],
    ['/users/health', 200, undefined, 'info'],
  ])('rates %s with %i and %s as %s', (url, status, error, level) => {
    const { request, response } = given({ url, status });
    expect(requestLevel(request, response, error)).toBe(level);
  });
});

describe(requestPath, () => {
  it.each([
    ['/users/1', '/users/1'],
    ['/users?email=ada@example.com', '/users'],
    ['http://bob:hunter2@example.org/users/1?a=1', '/users/1'],
    ['HTTPS://example.org/users', '/users'],
    ['http://example.org', '/'],
    ['http://example.org?a=1', '/'],
    ['//example.org/users', '//example.org/users'],
    ['/redirects/https://example.org/users', '/redirects/https://example.org/users'],
    ['*', '*'],
    ['', '/'],
  ])('shortens %s to %s', (target, path) => {
    expect(requestPath(target)).toBe(path);
  });
});
