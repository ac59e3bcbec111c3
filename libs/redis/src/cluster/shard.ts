import type { MasterResolver } from '../master/master-resolver.js';
import { Watchers } from '../master/watchers.js';
import type { ServerAddress } from '../redis-options.js';
import type { ClusterMaster, SlotRange } from './cluster-slots.js';
import { isRedirection } from './redirection.js';

/** What a shard needs of the map that it belongs to. */
interface ShardMap {
  readonly lagMs: number;
  /** Asks the cluster for its masters, soon. */
  refresh(): void;
}

/** A part of the hash slots of a cluster, and the master that owns them. A failover gives it another master, and it stays the same. */
export class Shard implements MasterResolver {
  readonly problem = undefined;
  readonly #watchers = new Watchers();

  constructor(
    private readonly map: ShardMap,
    private current: ClusterMaster,
  ) {}

  get lagMs(): number {
    return this.map.lagMs;
  }

  get master(): ServerAddress {
    return this.current.address;
  }

  /** The id of the node that is the master. */
  get nodeId(): string {
    return this.current.id;
  }

  get slots(): readonly SlotRange[] {
    return this.current.slots;
  }

  owns(slot: number): boolean {
    return this.slots.some(({ first, last }) => first <= slot && slot <= last);
  }

  /** Changes the master, its address or its slots. */
  assign(master: ClusterMaster): void {
    const { host, port } = this.current.address;
    const isElsewhere = host !== master.address.host || port !== master.address.port;
    this.current = master;
    if (isElsewhere) this.#watchers.notify();
  }

  watch(onChange: () => void): () => void {
    return this.#watchers.add(onChange);
  }

  noteError(code: string): boolean {
    this.map.refresh();
    return isRedirection(code);
  }
}
