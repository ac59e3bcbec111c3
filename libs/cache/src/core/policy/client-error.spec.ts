import { BadGatewayException, ForbiddenException, GoneException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { isClientError, isRefusal } from './client-error.js';

describe(isClientError.name, () => {
  it.each([new NotFoundException(), Object.assign(new Error('gone'), { status: 410 })])(
    'classifies %s as a client error',
    (error) => {
      expect(isClientError(error)).toBe(true);
    },
  );

  it.each([new BadGatewayException(), new Error('connection lost'), { status: '404' }, undefined, null, 'text'])(
    'classifies %s as a failure',
    (error) => {
      expect(isClientError(error)).toBe(false);
    },
  );

  it.each([
    [399, false],
    [400, true],
    [499, true],
    [500, false],
  ])('classifies an error with the status %i as a client error: %s', (status, expected) => {
    expect(isClientError({ status })).toBe(expected);
  });

  it('prefers the status from getStatus, and ignores a getStatus that is no function', () => {
    expect(isClientError({ getStatus: () => 404, status: 500 })).toBe(true);
    expect(isClientError({ getStatus: 500, status: 404 })).toBe(true);
  });

  it('classifies an error with a throwing getter as a failure', () => {
    const hostile = (): never => {
      throw new Error('hostile');
    };
    expect(isClientError({ getStatus: hostile })).toBe(false);
    expect(isClientError(Object.defineProperty({}, 'status', { get: hostile }))).toBe(false);
  });
});

describe(isRefusal.name, () => {
  it('is true for a client error of one request, and false for an absence or a failure', () => {
    expect(isRefusal(new ForbiddenException())).toBe(true);
    for (const error of [new NotFoundException(), new GoneException(), new BadGatewayException(), new Error('lost')]) {
      expect(isRefusal(error)).toBe(false);
    }
  });
});
