import { nameOf } from '../contender.js';
import { ALL_SET_UPS } from '../all-set-ups.js';
import { table } from './table.js';

/** The packages that decide how the contenders behave. */
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

/** Returns a table of the set-ups of all contenders. */
export function setUps(): string {
  const rows = ALL_SET_UPS.map((setUp) => [nameOf(setUp), setUp.options, setUp.purposes.join(', ')]);
  return table(['', 'options', 'Redis is'], rows);
}
