import type { CacheRuntime } from '../../../../libs/cache/src/core/cache-runtime.js';

/**
 * Returns whether no invalidation is pending, the invalidation channel is verified, and Redis is read. In a cluster, `recordKeys`
 * should be on all masters.
 */
export async function isSettled(
  { store, pending, coherence, keys }: CacheRuntime,
  recordKeys: readonly string[],
): Promise<boolean> {
  if (store.session === undefined || pending.size > 0 || !coherence.fresh) return false;
  return store.read(recordKeys, [keys.namespaceTag]).then(
    () => true,
    () => false,
  );
}
