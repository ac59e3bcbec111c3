import { describe, expect, it } from 'vitest';
import { faultOf } from './answer.js';
import { USER, userIds, userWith } from './server/user.js';

const right = {
  status: 200,
  headers: new Headers({
    'content-type': 'application/json; charset=utf-8',
    'cache-status': 'nuthatch; hit; detail=l1',
  }),
  body: JSON.stringify(USER),
};
const l1 = { headers: { 'cache-status': 'detail=l1' } };

describe(faultOf, () => {
  it('finds no fault in a correct answer', () => {
    expect(faultOf(right, USER, l1)).toBeUndefined();
    expect(faultOf({ ...right, status: 304, body: '' }, USER, { ...l1, status: 304 })).toBeUndefined();
  });

  it.each([
    ['another status', { ...right, status: 304 }, l1, /status is 304/],
    ['a 200 in place of a 304', right, { ...l1, status: 304 }, /status is 200/],
    ['other bytes', { ...right, body: JSON.stringify(USER, undefined, 1) }, l1, /body is/],
    ['another type', { ...right, headers: new Headers({ 'content-type': 'text/plain' }) }, {}, /type is text\/plain/],
    ['a hit elsewhere', right, { headers: { 'cache-status': 'detail=l2' } }, /without "detail=l2"/],
    ['no header', right, { headers: { 'x-cache': 'HIT' } }, /x-cache is "null"/],
  ])('finds %s', (_, answer, expectation, fault) => {
    expect(faultOf(answer, USER, expectation)).toMatch(fault);
  });

  it('expects the body of the requested user', () => {
    const other = userWith(userIds(2)[1] ?? '');
    expect(faultOf(right, other, l1)).toMatch(/body is/);
    expect(faultOf({ ...right, body: JSON.stringify(other) }, other, l1)).toBeUndefined();
  });
});
