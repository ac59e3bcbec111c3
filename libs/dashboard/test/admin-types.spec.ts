import type { CacheCounters, ExplainedState, Explanation, HotKey, JournalEntry, Miss } from '@nuthatch/cache';
import type { TagActivity } from '@nuthatch/admin';
import { expectTypeOf, it } from 'vitest';
import type * as page from '../browser/types.js';

// The page is compiled for browsers, where the packages of the server have no types. Only `npm run typecheck` can fail this test.
it('the page has the types that the admin API sends', () => {
  expectTypeOf<Explanation<unknown>>().toExtend<page.Explanation>();
  expectTypeOf<ExplainedState>().toEqualTypeOf<page.ExplainedState>();
  expectTypeOf<JournalEntry>().toExtend<page.JournalEntry>();
  expectTypeOf<Miss>().toExtend<page.Miss>();
  expectTypeOf<HotKey>().toEqualTypeOf<page.HotKey>();
  expectTypeOf<TagActivity>().toEqualTypeOf<page.TagActivity>();
  expectTypeOf<CacheCounters>().toExtend<page.CacheSummary['counters']>();
});
