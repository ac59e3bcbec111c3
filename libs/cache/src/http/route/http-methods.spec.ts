import { expect, it } from 'vitest';
import { isReading, isSafe } from './http-methods.js';

it.each([
  ['GET', true, true],
  ['HEAD', true, true],
  ['OPTIONS', false, true],
  ['TRACE', false, true],
  ['PROPFIND', false, true],
  ['SEARCH', false, true],
  ['QUERY', false, true],
  ['POST', false, false],
  ['PUT', false, false],
  ['PATCH', false, false],
  ['DELETE', false, false],
])('the method %s is answered from a cache: %j, and is safe: %j', (method, reading, safe) => {
  expect([isReading(method), isSafe(method)]).toEqual([reading, safe]);
});
