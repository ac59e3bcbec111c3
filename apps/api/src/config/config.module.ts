import { type DynamicModule, Module } from '@nestjs/common';
import { AppConfig } from '../app.config.js';

/** Provides `AppConfig`, which is read once, before the modules start. */
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
