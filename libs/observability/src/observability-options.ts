import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { DestinationStream, LevelWithSilent } from 'pino';

/** Configures {@link ObservabilityModule}. */
export interface ObservabilityOptions {
  /** The least severe level that is written. `silent` installs no middleware, so requests cost nothing. */
  readonly level: LevelWithSilent;
  /**
   * The stream that receives the lines.
   *
   * @default stdout
   */
  readonly destination?: DestinationStream;
}

/** Configures {@link ObservabilityModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface ObservabilityModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => ObservabilityOptions | Promise<ObservabilityOptions>;
}
