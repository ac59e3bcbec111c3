import { type DynamicModule, Module } from '@nestjs/common';
import { AppConfig } from '../app.config.js';

/** Gives the settings, read once before anything else, to whoever injects `AppConfig`. */
@Module({})
export class ConfigModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: AppConfig, useValue: config }],
      exports: [AppConfig],
    };
  }
}
