import { describe, expect, it } from 'vitest';
import type { Load } from './load.js';
import { requestTexts } from './request-texts.js';

const load: Load = { port: 1, method: 'GET', paths: { inTurn: [] }, headers: {}, connections: 1, seconds: 1 };

describe(requestTexts, () => {
  it('requests the paths in turn, with the headers', () => {
    const next = requestTexts({ ...load, paths: { inTurn: ['/a', '/b'] }, headers: { 'If-None-Match': '"1"' } });
    const texts = [next(), next(), next()].map(String);
    expect(texts[0]).toBe('GET /a HTTP/1.1\r\nHost: 127.0.0.1:1\r\nIf-None-Match: "1"\r\n\r\n');
    expect(texts.map((text) => text.slice(0, 6))).toEqual(['GET /a', 'GET /b', 'GET /a']);
  });

  it('requests another path each time when they are numbered', () => {
    const next = requestTexts({ ...load, paths: { numbered: '/users/x' } });
    expect([next(), next()].map((text) => String(text).split(' HTTP')[0])).toEqual([
      'GET /users/x00000000',
      'GET /users/x00000001',
    ]);
  });

  it('sends a body as JSON', () => {
    const next = requestTexts({ ...load, method: 'PATCH', paths: { inTurn: ['/a'] }, body: '{"name":"Ada"}' });
    expect(String(next())).toMatch(
      /^PATCH \/a HTTP[^]*\r\nContent-Type: application\/json\r\nContent-Length: 14\r\n\r\n{"name":"Ada"}$/,
    );
  });
});
