import { isSame, MasterResolver } from '../master/master-resolver.js';
import type { ServerAddress } from '../redis-options.js';
import type { ClusterMaster, SlotRange } from './cluster-slots.js';
import { isRedirection } from './redirection.js';

/** A part of the hash slots of a cluster, and the master that owns them. A failover gives it another master, and it stays the same. */
export class Shard extends MasterResolver {
  readonly lagMs: number;

  constructor(
    /** The map that it belongs to. `refresh` asks the cluster for its masters, soon. */
    private readonly map: { readonly lagMs: number; readonly refresh: () => void },
    private current: ClusterMaster,
  ) {
    super();
    this.lagMs = map.lagMs;
  }

  override get master(): ServerAddress {
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
    const former = this.master;
    this.current = master;
    if (!isSame(former, this.master)) this.notify();
  }

  override noteError(code: string): boolean {
    this.map.refresh();
    return isRedirection(code);
  }
}
