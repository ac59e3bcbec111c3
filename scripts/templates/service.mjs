export const service = ({ One, one, Many, many, plural, singular }) => `
import { Injectable } from '@nestjs/common';
import { Cache, InjectCache, ReadThrough } from '@nuthatch/cache';
import { uuidV7 } from '../database/uuid-v7.js';
import { Cursors } from '../paging/cursors.js';
import { byCreation } from '../paging/ordering.js';
import type { Page } from '../paging/page.js';
import type { PageQuery } from '../paging/page-query.js';
import type { ${One} } from './${singular}.js';
import { ${one}ById, ${many}Page, ${many}Tag } from './${plural}.cache.js';
import type { ${One}Change, ${One}Details } from './${plural}.dto.js';
import { ${One}NotFound } from './${plural}.errors.js';
import { ${Many}Repository } from './${plural}.repository.js';

/** Every list may hold what is written. */
const inLists = { tags: [${many}Tag] };

@Injectable()
export class ${Many}Service {
  constructor(
    @InjectCache(${one}ById) private readonly cache: Cache<string, ${One}>,
    private readonly rows: ${Many}Repository,
    private readonly cursors: Cursors,
  ) {}

  async find(id: string): Promise<${One}> {
    const found = await this.cache.readThrough(id, () => this.rows.findById(id));
    if (!found) throw new ${One}NotFound(id);
    return found;
  }

  @ReadThrough(${many}Page, (query) => query)
  async findPage({ limit, cursor }: PageQuery): Promise<Page<${One}>> {
    const cursors = this.cursors.of('${plural}', byCreation);
    // One more than asked for tells whether there is a next page.
    const found = await this.rows.findAfter(cursors.after(cursor), limit + 1);
    return cursors.page(found, limit);
  }

  create(details: ${One}Details): Promise<${One}> {
    const id = uuidV7();
    return this.cache.writeThrough(id, () => this.rows.create(id, details), inLists);
  }

  /** \`versions\`: those that may be changed; \`undefined\` is any. */
  update(id: string, change: ${One}Change, versions?: readonly number[]): Promise<${One}> {
    return this.cache.writeThrough(id, () => this.rows.update(id, change, versions), inLists);
  }

  remove(id: string, versions?: readonly number[]): Promise<void> {
    return this.cache.writeInvalidate(id, () => this.rows.remove(id, versions), inLists);
  }
}
`;
