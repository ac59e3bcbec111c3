import { z } from 'zod';
import { defineCache } from '../../../../libs/cache/src/core/policy/define-cache.js';
import type { Row } from './rows.js';

/** Longer than any scenario, so that a stale entry stays stale until a read detects it. */
const TTL = '60s';

export const tagOf = (list: number | '{list}'): string => `list:${list}`;

const policy = { key: z.number().int(), ttl: TTL } as const;
const listPolicy = {
  ...policy,
  tags: (list: number): string[] => [tagOf(list)],
  from: { table: 'row', tags: [tagOf('{list}')] },
} as const;

export const rowPolicy = defineCache<Row, number>('row', { ...policy, from: { table: 'row', key: 'id' } });
/** A list that one query reads from the database. */
export const listOfRows = defineCache<readonly Row[], number>('list', listPolicy);
/** A list that is composed of cached rows. */
export const compoundList = defineCache<readonly Row[], number>('compound', listPolicy);

/** The policies of every process of a fleet. */
export const policies = [rowPolicy, listOfRows, compoundList];
