import { Controller, Get, Query, Req, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import type { Explanation, HotKey, JournalEntry, Miss } from '@nuthatch/cache';
import type { z } from 'zod';
import { AdminGuard } from '../access/admin.guard.js';
import type { AdminRequest } from '../access/admin-request.js';
import { AuditLog } from '../access/audit-log.js';
import { RequiresScope } from '../access/requires-scope.decorator.js';
import type { Advice } from '../doctor/advice.js';
import { Doctor } from '../doctor/doctor.service.js';
import { CacheAdmin, type CacheStats, type CacheSummary } from './cache-admin.service.js';
import { entryQuery, explainQuery, listQuery, ZodPipe } from './requests.js';
import type { TagActivity } from './tag-activity.js';

/** Reports the state of the caches, of one entry, and of the entry of a URL. */
@Controller({ path: 'admin/cache', version: VERSION_NEUTRAL })
@UseGuards(AdminGuard)
export class ReportsController {
  constructor(
    private readonly admin: CacheAdmin,
    private readonly audit: AuditLog,
    private readonly doctor: Doctor,
  ) {}

  @Get('stats')
  @RequiresScope('read')
  stats(): CacheStats {
    return this.admin.stats();
  }

  @Get('caches')
  @RequiresScope('read')
  caches(): readonly CacheSummary[] {
    return this.admin.caches();
  }

  @Get('journal')
  @RequiresScope('read')
  journal(@Query(new ZodPipe(listQuery)) { limit }: z.output<typeof listQuery>): readonly JournalEntry[] {
    return this.admin.journal(limit);
  }

  @Get('misses')
  @RequiresScope('read')
  misses(@Query(new ZodPipe(listQuery)) { limit }: z.output<typeof listQuery>): readonly Miss[] {
    return this.admin.misses(limit);
  }

  @Get('hot-keys')
  @RequiresScope('read')
  hotKeys(@Query(new ZodPipe(listQuery)) { limit }: z.output<typeof listQuery>): readonly HotKey[] {
    return this.admin.hotKeys(limit);
  }

  @Get('tags')
  @RequiresScope('read')
  tags(@Query(new ZodPipe(listQuery)) { limit }: z.output<typeof listQuery>): readonly TagActivity[] {
    return this.admin.tags(limit);
  }

  @Get('doctor')
  @RequiresScope('read')
  examine(): Promise<readonly Advice[]> {
    return this.doctor.examine();
  }

  @Get('explain')
  @RequiresScope('read')
  explain(@Query(new ZodPipe(explainQuery)) query: z.output<typeof explainQuery>): Promise<Explanation<unknown>> {
    return 'url' in query ? this.admin.explainUrl(query.url) : this.admin.explain(query);
  }

  @Get('entry')
  @RequiresScope('values')
  async entry(
    @Req() request: AdminRequest,
    @Query(new ZodPipe(entryQuery)) query: z.output<typeof entryQuery>,
  ): Promise<Explanation<unknown> & { readonly value: unknown }> {
    this.audit.record(request, { action: 'read-value', cache: query.cache, entries: 1 });
    const explanation = await this.admin.explain(query);
    return { ...explanation, value: await this.admin.value(query) };
  }
}
