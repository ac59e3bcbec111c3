import * as nest from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

export type Class = abstract new (...args: never[]) => unknown;

/** These exist in Nest 12 and not in Nest 11. A named import of a missing export fails before the application starts. */
const { StandardSchemaSerializerInterceptor }: Partial<Pick<typeof nest, 'StandardSchemaSerializerInterceptor'>> = nest;
type PreRequestHooks = Partial<Pick<ApplicationConfig, 'getGlobalPreRequestHooks'>>;

/** Nest's own interceptors that serialise the value of a handler. */
export const SERIALIZERS: readonly Class[] = [
  nest.ClassSerializerInterceptor,
  ...(StandardSchemaSerializerInterceptor ? [StandardSchemaSerializerInterceptor] : []),
];

/** Returns the number of global pre-request hooks; 0 on Nest 11, which has none. */
export function preRequestHooksOf(config: PreRequestHooks): number {
  return config.getGlobalPreRequestHooks?.().length ?? 0;
}
