import { BadGatewayException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { isClientError } from './client-error.js';

describe(isClientError.name, () => {
  it.each([new NotFoundException(), Object.assign(new Error('gone'), { status: 410 })])(
    'takes %s for an answer',
    (error) => {
      expect(isClientError(error)).toBe(true);
    },
  );

  it.each([new BadGatewayException(), new Error('connection lost'), { status: '404' }, undefined, null, 'text'])(
    'takes %s for a failure',
    (error) => {
      expect(isClientError(error)).toBe(false);
    },
  );

  it('takes what cannot be asked for a failure', () => {
    const hostile = (): never => {
      throw new Error('hostile');
    };
    expect(isClientError({ getStatus: hostile })).toBe(false);
    expect(isClientError(Object.defineProperty({}, 'status', { get: hostile }))).toBe(false);
  });
});
