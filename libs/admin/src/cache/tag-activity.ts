import type { JournalEntry, Miss } from '@nuthatch/cache';

/** What happened to one tag in this instance, among its last 1,000 writes and its last 1,000 misses. */
export interface TagActivity {
  /** The complete key of its record in the store. */
  readonly recordKey: string;
  /** Reads that had to load, because the tag was invalidated by this instance or by another. */
  readonly misses: number;
  /** Writes and invalidations of this instance that invalidated it. */
  readonly invalidations: number;
  /** When the last of these ended, in milliseconds since 1970. */
  readonly invalidatedAt: number | undefined;
  /** Who made the last of these: the id of the request or the name of the job, if it is known. */
  readonly by: string | undefined;
}

/**
 * Returns the tags that were invalidated, those with the most misses first. Both lists begin with the newest. An entry of the journal
 * names 20 tags at most.
 */
export function tagActivity(journal: Iterable<JournalEntry>, misses: Iterable<Miss>): readonly TagActivity[] {
  const tags = new Map<string, TagActivity>();
  const of = (recordKey: string): TagActivity => tags.get(recordKey) ?? { ...NONE, recordKey };
  for (const { tags: names, at, who } of journal)
    for (const name of names) {
      const tag = of(name);
      const last = tag.invalidations === 0 ? { invalidatedAt: at, by: who } : undefined;
      tags.set(name, { ...tag, ...last, invalidations: tag.invalidations + 1 });
    }
  for (const { reason, invalidated } of misses) {
    if (reason !== 'tag-invalidated') continue;
    for (const name of invalidated) {
      const tag = of(name);
      tags.set(name, { ...tag, misses: tag.misses + 1 });
    }
  }
  return [...tags.values()].toSorted(
    (one, other) => other.misses - one.misses || other.invalidations - one.invalidations,
  );
}

const NONE = { misses: 0, invalidations: 0, invalidatedAt: undefined, by: undefined };
