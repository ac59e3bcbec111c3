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
  const masters = new Map<string, ClusterMaster & { readonly slots: SlotRange[] }>();
  for (const [first, last, owner] of lists(reply)) {
    const [host, port, id] = list(owner);
    const known = masters.get(String(id)) ?? {
      id: String(id),
      address: { host: typeof host === 'string' && !UNKNOWN.includes(host) ? host : asked, port: Number(port) },
      slots: [],
    };
    known.slots.push({ first: Number(first), last: Number(last) });
    masters.set(known.id, known);
  }
  return [...masters.values()];
}

function lists(reply: unknown): readonly (readonly unknown[])[] {
  return list(reply).map(list);
}

function list(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}
