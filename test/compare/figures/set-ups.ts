import { nameOf } from '../contender.js';
import { ROSTER } from '../roster.js';
import { table } from './table.js';

/** Beside the contenders themselves, what decides how they behave. */
export const PACKAGES = [
  'cache-manager',
  'bentocache',
  'cacheable',
  'keyv',
  '@keyv/redis',
  '@redis/client',
  'ioredis',
  '@qified/redis',
];

/** How each contender was set up. */
export function setUps(): string {
  const rows = ROSTER.map((setUp) => [nameOf(setUp), setUp.options, setUp.purposes.join(', ')]);
  return table(['', 'options', 'Redis is'], rows);
}
