import { MasterResolver } from '../master/master-resolver.js';
import type { ServerAddress } from '../redis-options.js';

/** A part of the hash slots of a cluster, and the master that owns them. A failover gives it another master, and it stays the same. */
export class Shard extends MasterResolver {
  #nodeId = '';

  /** @param map the map that it belongs to */
  constructor(private readonly map: Pick<MasterResolver, 'lagMs' | 'noteError'>) {
    super(map.lagMs);
  }

  /** The id of the node that is the master, or was the last one. */
  get nodeId(): string {
    return this.#nodeId;
  }

  /** Changes the master, or its address. Without an address, no node owns the slots. */
  assign(nodeId: string, master?: ServerAddress): void {
    this.#nodeId = nodeId;
    this.change(master, 'CLUSTERDOWN');
  }

  override noteError(code: string): boolean {
    return this.map.noteError(code);
  }
}
