import type { ExplainedState, JournalEntry, MissReason } from '@nuthatch/cache';
import { z } from 'zod';

const STATES: Readonly<Record<ExplainedState, string>> = {
  l1: 'fresh, in the memory of this instance',
  l2: 'fresh, in the store',
  stale: 'served while it is refreshed',
  'stale-if-error': 'served only if the origin fails',
  absent: 'there is no entry',
  loading: 'a load is in progress',
  writing: 'a write is in progress',
  failed: 'the origin failed a moment ago, and loads are blocked',
  invalidated: 'not served, because a tag was invalidated',
  'older-schema': 'not served, because an older version of the policy stored it',
  'newer-schema': 'not served, because a newer version of the policy stored it',
  'other-schema': 'not served, because it was stored under another schema',
  unreadable: 'not served, because it is corrupt or foreign, or the schema of the policy rejects it',
  pending: 'not served, because an invalidation waits for Redis',
  unavailable: 'Redis does not answer',
};

const REASONS: Readonly<Record<MissReason, string>> = {
  'never-stored': 'this instance had not seen the entry before',
  expired: 'the time of the entry was over',
  'tag-invalidated': 'a tag of the entry was invalidated',
  'key-invalidated': 'the entry was written or invalidated',
  evicted: 'Redis dropped the entry before its time, or another program deleted it',
  'write-in-progress': 'the entry or one of its tags was being written',
  'redis-unavailable': 'Redis did not answer, or an invalidation waited for it',
  principal: 'the request had credentials, and the key does not contain the requester',
  'too-large': 'the value is larger than maxPayloadBytes',
  'other-schema': 'another version of the policy stored the entry',
  unreadable: 'the stored value is corrupt or foreign, or the schema of the policy rejects it',
  'load-in-progress': 'another instance loaded the entry, for longer than the read may wait',
};

const CAUSES: Readonly<Record<JournalEntry['kind'], string>> = {
  write: 'a write',
  'failed-write': 'a failed write',
  invalidation: 'an invalidation',
};

/** Accepts the words of a table, and no word of another release. */
const wordIn = <Word extends string>(texts: Readonly<Record<Word, string>>) =>
  z.custom<Word>((word) => typeof word === 'string' && Object.hasOwn(texts, word));

const miss = z.looseObject({
  reason: wordIn(REASONS),
  at: z.number(),
  invalidated: z.array(z.string()),
  invalidatedAt: z.number().optional(),
  by: z
    .looseObject({
      kind: wordIn(CAUSES),
      who: z.string().optional(),
      verifiedAt: z.number().optional(),
      confirmedBy: z.array(z.object({ instance: z.string(), at: z.number() })),
    })
    .optional(),
});

/** The parts of an explanation that the report shows. */
export const explanation = z.looseObject({
  cache: z.string(),
  key: z.unknown(),
  recordKey: z.string(),
  state: wordIn(STATES),
  tier: z.string().optional(),
  negative: z.boolean(),
  ttlMs: z.number().optional(),
  ageMs: z.number().optional(),
  invalidatedBy: z.array(z.string()),
  tags: z.array(z.looseObject({ recordKey: z.string() })),
  route: z.looseObject({ handler: z.string() }).optional(),
  lastMiss: miss.optional(),
});

/** Returns the key of an entry, and a line per fact. */
export function explanationText(found: z.output<typeof explanation>): string {
  const { cache, key, recordKey, state, negative, ageMs, invalidatedBy, tags, route, lastMiss } = found;
  const facts: (readonly [string, string | undefined])[] = [
    ['state', `${state}: ${STATES[state]}`],
    ['route', route?.handler],
    ['record', recordKey],
    ['value', negative ? 'none: the entry caches its absence' : undefined],
    remainingTime(found),
    ['age', ageMs === undefined ? undefined : seconds(ageMs)],
    ['invalidated by', invalidatedBy.join(', ') || undefined],
    ['tags', tags.map((tag) => tag.recordKey).join(', ') || undefined],
    ['last miss', lastMiss && `${time(lastMiss.at)}, ${lastMiss.reason}: ${REASONS[lastMiss.reason]}`],
    ['caused by', lastMiss && causeOf(lastMiss)],
    ['received by', lastMiss?.by && receiversOf(lastMiss.by)],
  ];
  const lines = facts.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(15)}${text}\n`]));
  return `${cache} ${typeof key === 'string' ? key : JSON.stringify(key)}\n${lines.join('')}`;
}

/** Without a value, the time belongs to a load, a write or a back-off. */
function remainingTime({ tier, ttlMs }: z.output<typeof explanation>): readonly [string, string | undefined] {
  if (ttlMs === undefined) return ['fresh for', undefined];
  if (tier === undefined) return ['ends in', seconds(ttlMs)];
  return ttlMs < 0 ? ['stale for', seconds(-ttlMs)] : ['fresh for', seconds(ttlMs)];
}

function causeOf({ invalidated, invalidatedAt, by }: z.output<typeof miss>): string | undefined {
  if (invalidated.length === 0) return undefined;
  const when = invalidatedAt === undefined ? '' : ` at ${time(invalidatedAt)}`;
  const whose = by ? `${CAUSES[by.kind]} of ${by.who ?? 'this instance'}` : 'another instance';
  return `${invalidated.join(', ')}${when}, by ${whose}`;
}

/** The instances that certainly have the messages of a write. */
function receiversOf({ verifiedAt, confirmedBy }: NonNullable<z.output<typeof miss>['by']>): string {
  const here = verifiedAt === undefined ? [] : [{ instance: 'this instance', at: verifiedAt }];
  const receivers = [...here, ...confirmedBy].map(({ instance, at }) => `${instance} at ${time(at)}`);
  return receivers.join(', ') || 'no instance so far';
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
