import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { MetricSource } from './family.js';

/** Tells {@link MetricsModule} where to serve. */
export interface MetricsAddress {
  /**
   * Where `GET /metrics` is served. `route`: by the application itself, for everybody who reaches it. A port: by a server of its own,
   * which the load balancer need not expose. `off`: nowhere.
   *
   * @default 'route'
   */
  readonly serve?: 'route' | 'off' | { readonly port: number; readonly host: string };
}

/** Configures the metrics of {@link MetricsModule}. */
export interface MetricsContent {
  /**
   * Further metrics, read at each scrape, for parts that count in fields of their own.
   *
   * @default none
   */
  readonly sources?: readonly MetricSource[];
  /**
   * The registry of prom-client with the metrics of the application. It gets those of Node.
   *
   * @default a new one
   */
  readonly registry?: Registry;
}

/** Configures {@link MetricsModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface MetricsModuleAsyncOptions extends MetricsAddress, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => MetricsContent | Promise<MetricsContent>;
}

/** Configures {@link MetricsModule.forRoot}. */
export interface MetricsOptions extends MetricsAddress, MetricsContent {}

/** Injects the {@link MetricsOptions}. */
export const METRICS_OPTIONS = Symbol('METRICS_OPTIONS');
