import { describe, expect, it } from 'vitest';
import { requestPath } from './request-path.js';

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
