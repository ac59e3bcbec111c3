import type { Purpose, SetUp } from './contender.js';
import { BENTOCACHE } from './contenders/bentocache.js';
import { CACHE_MANAGER } from './contenders/cache-manager.js';
import { CACHEABLE } from './contenders/cacheable.js';
import { NUTHATCH } from './contenders/nuthatch.js';

/** All set-ups, in the order of the tables. */
export const ALL_SET_UPS: readonly SetUp[] = [...CACHE_MANAGER, ...BENTOCACHE, ...CACHEABLE, ...NUTHATCH];

export function setUpsFor(purpose: Purpose): readonly SetUp[] {
  return ALL_SET_UPS.filter(({ purposes }) => purposes.includes(purpose));
}

export function isOurs({ library }: SetUp): boolean {
  return library === 'nuthatch';
}
