import { describe, expect, it } from 'vitest';
import { parseProblem, parseErrorAnswer } from './parse-errors.js';

describe(parseErrorAnswer, () => {
  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', 'request-timeout'],
    ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', 'headers-too-large'],
    ['HPE_INVALID_METHOD', '400 Bad Request', 'malformed-request'],
  ])('answers %s with %s', (error, status, code) => {
    const [head = '', body = ''] = parseErrorAnswer(parseProblem(error), 'id-12345').split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status}\r\n`);
    expect(head).toContain('Content-Type: application/problem+json; charset=utf-8\r\n');
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}\r\n`);
    expect(JSON.parse(body)).toMatchObject({ code, requestId: 'id-12345' });
  });
});
