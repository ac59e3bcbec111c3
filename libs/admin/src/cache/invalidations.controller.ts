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
  invalidate(
    @Req() request: AdminRequest,
    @Body(new ZodPipe(invalidationBody)) { keys, tags, reason, dryRun }: z.output<typeof invalidationBody>,
  ): Promise<InvalidationReport> {
    const action = { action: 'invalidate', entries: keys.length, tags, reason, dryRun } as const;
    return this.audit.run(request, action, () => this.admin.invalidate(keys, tags, dryRun));
  }

  @Post('clear')
  @HttpCode(200)
  @RequiresScope('invalidate')
  clear(
    @Req() request: AdminRequest,
    @Body(new ZodPipe(clearBody)) { cache, reason }: z.output<typeof clearBody>,
  ): Promise<InvalidationReport> {
    return this.audit.run(request, { action: 'clear', cache, reason }, () => this.admin.clear(cache));
  }
}
