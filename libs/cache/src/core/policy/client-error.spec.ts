import { BadGatewayException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { isRefusal } from './client-error.js';

describe(isRefusal.name, () => {
  it.each([new NotFoundException(), Object.assign(new Error('gone'), { status: 410 })])(
    'takes %s for an answer',
    (error) => {
      expect(isRefusal(error)).toBe(true);
    },
  );

  it.each([new BadGatewayException(), new Error('connection lost'), { status: '404' }, undefined, null, 'text'])(
    'takes %s for a failure',
    (error) => {
      expect(isRefusal(error)).toBe(false);
    },
  );

  it('takes what cannot be asked for a failure', () => {
    const hostile = (): never => {
      throw new Error('hostile');
    };
    expect(isRefusal({ getStatus: hostile })).toBe(false);
    expect(isRefusal(Object.defineProperty({}, 'status', { get: hostile }))).toBe(false);
  });
});
