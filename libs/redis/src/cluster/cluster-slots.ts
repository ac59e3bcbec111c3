import type { ServerAddress } from '../redis-options.js';

/** The number of hash slots of every cluster. */
export const SLOTS = 16_384;

/** Hash slots in a row, both ends included. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

/** A master of a cluster, as its nodes describe it. */
export interface ClusterMaster {
  /** The id of the node, which it keeps when its address changes. */
  readonly id: string;
  readonly address: ServerAddress;
  readonly slots: readonly SlotRange[];
}

/** How a node names an endpoint that it does not know. */
const UNKNOWN = ['', '?'];

/**
 * Parses the answer to `CLUSTER SLOTS`: the masters that own slots.
 *
 * @param asked the host of the node that answered. A node that does not know an endpoint means the host it was asked at.
 */
export function parseClusterSlots(reply: unknown, asked: string): readonly ClusterMaster[] {
  const ranges = Map.groupBy(list(reply).map(list), ([, , owner]) => String(list(owner)[2]));
  return Array.from(ranges, ([id, ofMaster]) => {
    const [host, port] = list(ofMaster[0]?.[2]);
    return {
      id,
      address: { host: typeof host === 'string' && !UNKNOWN.includes(host) ? host : asked, port: Number(port) },
      slots: ofMaster.map(([first, last]) => ({ first: Number(first), last: Number(last) })),
    };
  });
}

function list(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}
