import { type DynamicModule, Module } from '@nestjs/common';
import { AdminSessions } from './access/admin-sessions.js';
import { AuditLog } from './access/audit-log.js';
import { RateLimits } from './access/rate-limits.js';
import { ADMIN_OPTIONS, type AdminModuleAsyncOptions, type AdminOptions } from './admin-options.js';
import { CacheAdmin } from './cache/cache-admin.service.js';
import { Doctor } from './doctor/doctor.service.js';
import { InvalidationsController } from './cache/invalidations.controller.js';
import { ReportsController } from './cache/reports.controller.js';

/**
 * Serves an admin API for the caches below `/admin/cache`, to requests with a token. It requires the global module of
 * `@nuthatch/cache`.
 *
 * The trap: its routes are on the server of the application. Without tokens they answer 404. Where the server is public, let the proxy
 * refuse `/admin` too.
 *
 * @example
 * @Module({ imports: [AdminModule.forRoot({ tokens: parseAdminTokens(process.env['ADMIN_TOKENS'] ?? '') })] })
 * export class AppModule {}
 */
@Module({})
export class AdminModule {
  /** Serves the API to these tokens. */
  static forRoot(options: AdminOptions): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  /** Serves the API, with options from other providers. */
  static forRootAsync({ imports = [], inject = [], useFactory }: AdminModuleAsyncOptions): DynamicModule {
    return {
      module: AdminModule,
      global: true,
      imports,
      controllers: [ReportsController, InvalidationsController],
      providers: [
        { provide: ADMIN_OPTIONS, inject, useFactory },
        AdminSessions,
        RateLimits,
        AuditLog,
        CacheAdmin,
        Doctor,
      ],
      exports: [ADMIN_OPTIONS, AdminSessions, RateLimits, AuditLog],
    };
  }
}
