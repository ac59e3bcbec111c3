export const service = ({ One, one, Many, many, plural, singular, word }) => `
import { Injectable } from '@nestjs/common';
import { Cache, InjectCache, ReadThrough } from '@nuthatch/cache';
import { uuidV7 } from '../database/uuid-v7.js';
import { isEmptyPatch } from '../optimistic-locking/empty-patch.js';
import { Cursors } from '../paging/cursors.js';
import { byCreation } from '../paging/ordering.js';
import type { Page } from '../paging/page-schema.js';
import type { PageQuery } from '../paging/page-query.js';
import type { ${One} } from './${singular}.js';
import { ${one}ById, ${many}Page, ${many}Tag } from './${plural}.cache.js';
import type { Create${One}, Update${One} } from './${plural}.dto.js';
import { ${One}NotFound } from './${plural}.errors.js';
import { ${Many}Repository } from './${plural}.repository.js';

/** Every list may contain the written ${word}. */
const inLists = { tags: [${many}Tag] };

@Injectable()
export class ${Many}Service {
  constructor(
    @InjectCache(${one}ById) private readonly cache: Cache<string, ${One}>,
    private readonly ${many}: ${Many}Repository,
  ) {}

  /** @throws ${One}NotFound */
  async find(id: string): Promise<${One}> {
    const found = await this.cache.readThrough(id, () => this.${many}.findById(id));
    if (!found) throw new ${One}NotFound(id);
    return found;
  }

  @ReadThrough(${many}Page, (query) => query)
  async findPage({ limit, cursor }: PageQuery): Promise<Page<${One}>> {
    const cursors = new Cursors('${plural}', byCreation);
    // One ${word} more than the limit shows whether there is a next page.
    const found = await this.${many}.findAfter(cursors.after(cursor), limit + 1);
    return cursors.page(found, limit);
  }

  create(details: Create${One}): Promise<${One}> {
    const id = uuidV7();
    return this.cache.writeThrough(id, () => this.${many}.create(id, details), inLists);
  }

  /** Changes one of these \`versions\`, or any version when it is \`undefined\`. @throws ${One}NotFound, VersionMismatch */
  update(id: string, change: Update${One}, versions?: readonly number[]): Promise<${One}> {
    if (isEmptyPatch(change)) return this.${many}.findVersion(id, versions);
    return this.cache.writeThrough(id, () => this.${many}.update(id, change, versions), inLists);
  }

  /** Removes one of these \`versions\`, or any version when it is \`undefined\`. @throws ${One}NotFound, VersionMismatch */
  remove(id: string, versions?: readonly number[]): Promise<void> {
    return this.cache.writeInvalidate(id, () => this.${many}.remove(id, versions), inLists);
  }
}
`;
