import { article } from '../article.mjs';

export const cache = ({ One, one, many, plural, singular, word, words }) => `
import { defineCache } from '@nuthatch/cache';
import type { Page } from '../paging/page-schema.js';
import { pageQuery, type PageQuery } from '../paging/page-query.js';
import { type ${One}, ${one}Etags, ${one}Schema, ${many}PageSchema } from './${singular}.js';
import { ${one}Id } from './${plural}.dto.js';

export const ${one}ById = defineCache<${One}>('${plural}.byId', {
  key: ${one}Id,
  value: ${one}Schema,
  ttl: '30s',
  staleWhileRevalidate: '5m',
  staleIfError: '1h',
  negativeTtl: '5s',
  etag: ({ version }) => ${one}Etags.of(version),
});

/** The tag of every list of ${words}: each write of ${article(word)} invalidates it. */
export const ${many}Tag = '${plural}';

export const ${many}Page = defineCache<Page<${One}>, PageQuery>('${plural}.page', {
  key: pageQuery,
  value: ${many}PageSchema,
  ttl: '10s',
  tags: () => [${many}Tag],
});
`;
