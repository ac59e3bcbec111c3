import { describe, expect, it } from 'vitest';
import { parseProblem, parseErrorAnswer } from './parse-errors.js';

describe(parseErrorAnswer, () => {
  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', 'request-timeout'],
    ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', 'headers-too-large'],
    ['HPE_INVALID_METHOD', '400 Bad Request', 'malformed-request'],
  ])('answers %s with %s', (error, status, code) => {
    const [head = '', body = ''] = parseErrorAnswer(parseProblem({ code: error }), 'id-12345').split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status}\r\n`);
    expect(head).toContain('Content-Type: application/problem+json; charset=utf-8\r\n');
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}\r\n`);
    expect(JSON.parse(body)).toMatchObject({ code, requestId: 'id-12345' });
  });
});

describe(parseProblem, () => {
  const problemOf = (packet: string, bytesParsed: number) =>
    parseProblem({ code: 'HPE_INVALID_METHOD', bytesParsed, rawPacket: Buffer.from(packet) }).code;

  it.each(['BREW /users HTTP/1.1\r\n', 'get / HTTP/1.0\r\nHost: a\r\n', "M-SEARCH's * HTTP/1.1\n"])(
    'finds a method in %j',
    (text) => {
      expect(problemOf(text, 2)).toBe('not-implemented');
      const before = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
      expect(problemOf(before + text, before.length + 2)).toBe('not-implemented');
    },
  );

  it.each(['hello\r\n', 'BREW /users\r\n', 'BREW /users HTTP/3.0\r\n', 'B(W / HTTP/1.1\r\n', '\x16\x03\x01', ''])(
    'finds no method in %j',
    (text) => {
      expect(problemOf(text, 1)).toBe('malformed-request');
    },
  );
});
