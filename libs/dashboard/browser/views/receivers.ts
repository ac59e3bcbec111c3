import { time } from '../format.js';
import type { JournalEntry } from '../types.js';

/** The others are counted. */
const LISTED = 4;

/** Returns the instances that have received the messages of a write, with the time at which this was known. */
export function receivers({ verifiedAt, confirmedBy }: Pick<JournalEntry, 'verifiedAt' | 'confirmedBy'>): string {
  const here = verifiedAt === undefined ? [] : [{ instance: 'this instance', at: verifiedAt }];
  const all = [...here, ...confirmedBy];
  const listed = all.slice(0, LISTED).map(({ instance, at }) => `${instance} at ${time(at)}`);
  if (all.length > LISTED) listed.push(`${all.length - LISTED} more`);
  return listed.join(', ') || 'no instance so far';
}
