import { article } from '../article.mjs';

export const controller = ({ One, one, Many, many, plural, singular, word, words }) => `
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import { CacheResponse, HttpCacheInterceptor } from '@nuthatch/cache';
import { Operation } from '../http/openapi/operation.decorator.js';
import type { Page } from '../paging/page-schema.js';
import { pageLinks } from '../paging/page-links.js';
import { pageQuery, type PageQuery } from '../paging/page-query.js';
import { IfMatch } from '../optimistic-locking/if-match.pipe.js';
import { ResourceHeadersInterceptor } from '../optimistic-locking/resource-headers.interceptor.js';
import { type ${One}, ${one}Etags, ${many}PageSchema, ${one}Schema } from './${singular}.js';
import { ${one}ById, ${many}Page } from './${plural}.cache.js';
import { type Create${One}, create${One}Schema, ${one}Id, type Update${One}, update${One}Schema } from './${plural}.dto.js';
import { ${Many}Service } from './${plural}.service.js';

const headers = new ResourceHeadersInterceptor('/${plural}', ${one}Etags);

@Controller('${plural}')
@UseInterceptors(HttpCacheInterceptor)
export class ${Many}Controller {
  constructor(private readonly ${many}: ${Many}Service) {}

  @Operation({
    summary: 'Lists ${words}',
    response: ${many}PageSchema,
    problems: ['invalid-cursor'],
    headers: ['Link'],
  })
  @Get()
  @CacheResponse(${many}Page, ({ query }) => query, {
    headers: ({ page }, { query }) => pageLinks('/${plural}', pageQuery.parse(query), page),
  })
  findPage(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<${One}>> {
    return this.${many}.findPage(query);
  }

  @Operation({ summary: 'Finds ${article(word)}', response: ${one}Schema, problems: ['${singular}-not-found'] })
  @Get(':id')
  @CacheResponse(${one}ById, ({ params }) => params['id'])
  findOne(@Param('id', { schema: ${one}Id }) id: string): Promise<${One}> {
    return this.${many}.find(id);
  }

  @Operation({ summary: 'Creates ${article(word)}', response: ${one}Schema })
  @Post()
  @UseInterceptors(headers)
  create(@Body({ schema: create${One}Schema }) details: Create${One}): Promise<${One}> {
    return this.${many}.create(details);
  }

  @Operation({ summary: 'Changes ${article(word)}', response: ${one}Schema, problems: ['${singular}-not-found'] })
  @Patch(':id')
  @UseInterceptors(headers)
  change(
    @Param('id', { schema: ${one}Id }) id: string,
    @Body({ schema: update${One}Schema }) change: Update${One},
    @IfMatch(${one}Etags) versions: readonly number[] | undefined,
  ): Promise<${One}> {
    return this.${many}.update(id, change, versions);
  }

  @Operation({ summary: 'Deletes ${article(word)}', problems: ['${singular}-not-found'] })
  @Delete(':id')
  @HttpCode(204)
  remove(
    @Param('id', { schema: ${one}Id }) id: string,
    @IfMatch(${one}Etags) versions: readonly number[] | undefined,
  ): Promise<void> {
    return this.${many}.remove(id, versions);
  }
}
`;
