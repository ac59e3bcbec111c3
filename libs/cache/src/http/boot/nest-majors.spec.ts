import { ApplicationConfig } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { preRequestHooksOf } from './nest-majors.js';

describe(preRequestHooksOf, () => {
  it('counts the global pre-request hooks of Nest 12', () => {
    const config = new ApplicationConfig();
    expect(preRequestHooksOf(config)).toBe(0);
    config.registerPreRequestHook((_, next) => next());
    expect(preRequestHooksOf(config)).toBe(1);
  });

  it('counts none on Nest 11, which has no such hooks', () => {
    expect(preRequestHooksOf({})).toBe(0);
  });
});
