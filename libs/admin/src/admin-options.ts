import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { AdminToken } from './access/admin-token.js';
import type { Advice } from './doctor/advice.js';

export const ADMIN_OPTIONS = Symbol('ADMIN_OPTIONS');

/** Configures {@link AdminModule}. */
export interface AdminOptions {
  /** The tokens that the API accepts. Without tokens, every request is a 404, as if there were no API. */
  readonly tokens: readonly AdminToken[];
  /** How many requests per minute one token may send. @default 120 */
  readonly requestsPerMinute?: number;
  /** How many requests per minute one address may send without a valid token. @default 10 */
  readonly failuresPerMinute?: number;
  /** Further advice of the doctor, about what else the application uses. @default none */
  readonly advisers?: readonly (() => readonly Advice[] | Promise<readonly Advice[]>)[];
}

/** Configures {@link AdminModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface AdminModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => AdminOptions | Promise<AdminOptions>;
}
