import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';

export const DASHBOARD_OPTIONS = Symbol('DASHBOARD_OPTIONS');

/** Configures {@link DashboardModule}. */
export interface DashboardOptions {
  /** `readonly`: the page shows. `full`: holders of a token with the scope `invalidate` can also invalidate. */
  readonly mode: 'readonly' | 'full';
  /** The first part of the channel on which instances exchange their figures: the namespace of the caches. */
  readonly namespace: string;
  /** Whether browsers may send the session over TLS only. @default true */
  readonly secureCookie?: boolean;
  /** The path that a reverse proxy removes from requests. @default none */
  readonly publicPath?: string;
}

/** Configures {@link DashboardModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface DashboardModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => DashboardOptions | Promise<DashboardOptions>;
}
