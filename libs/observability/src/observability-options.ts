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
  /**
   * `text` writes short coloured lines for people, as for a terminal in development. It needs the peer `pino-pretty`, and writes to
   * stdout.
   *
   * @default 'json'
   */
  readonly format?: 'json' | 'text';
}

/** Configures {@link ObservabilityModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface ObservabilityModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => ObservabilityOptions | Promise<ObservabilityOptions>;
}
