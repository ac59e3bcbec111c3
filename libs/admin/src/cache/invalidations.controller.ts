import { Body, Controller, HttpCode, Post, Req, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import type { z } from 'zod';
import { AdminGuard } from '../access/admin.guard.js';
import type { AdminRequest } from '../access/admin-request.js';
import { AuditLog } from '../access/audit-log.js';
import { RequiresScope } from '../access/requires-scope.decorator.js';
import { CacheAdmin, type InvalidationReport } from './cache-admin.service.js';
import { clearBody, invalidationBody, ZodPipe } from './requests.js';

/** Invalidates entries by key and by tag, or all entries of a cache. It never deletes other data of the Redis. */
@Controller({ path: 'admin/cache', version: VERSION_NEUTRAL })
@UseGuards(AdminGuard)
export class InvalidationsController {
  constructor(
    private readonly admin: CacheAdmin,
    private readonly audit: AuditLog,
  ) {}

  @Post('invalidations')
  @HttpCode(200)
  @RequiresScope('invalidate')
  async invalidate(
    @Req() request: AdminRequest,
    @Body(new ZodPipe(invalidationBody)) { keys, tags, reason, dryRun }: z.output<typeof invalidationBody>,
  ): Promise<InvalidationReport> {
    const report = await this.admin.invalidate(keys, tags, dryRun);
    const applied = report.applied ?? 'dry run';
    this.audit.record(request, { action: 'invalidate', entries: keys.length, tags, reason, dryRun, applied });
    return report;
  }

  @Post('clear')
  @HttpCode(200)
  @RequiresScope('invalidate')
  async clear(
    @Req() request: AdminRequest,
    @Body(new ZodPipe(clearBody)) { cache, reason }: z.output<typeof clearBody>,
  ): Promise<InvalidationReport> {
    const report = await this.admin.clear(cache);
    this.audit.record(request, { action: 'clear', cache, reason, applied: String(report.applied) });
    return report;
  }
}
