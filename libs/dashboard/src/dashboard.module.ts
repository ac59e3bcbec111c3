import { type DynamicModule, Module } from '@nestjs/common';
import { DASHBOARD_OPTIONS, type DashboardModuleAsyncOptions, type DashboardOptions } from './dashboard-options.js';
import { Fleet } from './live/fleet.service.js';
import { LiveController } from './live/live.controller.js';
import { PageController } from './page/page.controller.js';
import { SessionController } from './page/session.controller.js';

/**
 * Serves a live page of the caches at `/dashboard`. It requires the global modules of `@nuthatch/cache` and `@nuthatch/admin`, whose
 * tokens open it.
 *
 * The trap: every instance needs the module, because each publishes its own figures.
 *
 * @example
 * @Module({ imports: [DashboardModule.forRoot({ mode: 'readonly', namespace: 'shop' })] })
 * export class AppModule {}
 */
@Module({})
export class DashboardModule {
  /** Serves the page. */
  static forRoot(options: DashboardOptions): DynamicModule {
    return DashboardModule.forRootAsync({ useFactory: () => options });
  }

  /** Serves the page, with options from other providers. */
  static forRootAsync({ imports = [], inject = [], useFactory }: DashboardModuleAsyncOptions): DynamicModule {
    return {
      module: DashboardModule,
      imports,
      // The page comes last: on Express, its path for files would take the others.
      controllers: [SessionController, LiveController, PageController],
      providers: [{ provide: DASHBOARD_OPTIONS, inject, useFactory }, Fleet],
    };
  }
}
