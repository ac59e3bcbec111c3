import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { DestinationStream, LevelWithSilent } from 'pino';

/** What the application tells {@link ObservabilityModule}. */
export interface ObservabilityOptions {
  /** The least severe level that is written. `silent` mounts nothing: no cost per request. */
  readonly level: LevelWithSilent;
  /**
   * Where the lines go.
   *
   * @default stdout
   */
  readonly destination?: DestinationStream;
}

/** How {@link ObservabilityModule.forRootAsync} gets its options; `useFactory` receives what `inject` names, in that order. */
export interface ObservabilityModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => ObservabilityOptions | Promise<ObservabilityOptions>;
}
