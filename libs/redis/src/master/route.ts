import { createDriverClient, type RedisClient } from '../connection/driver.js';
import { RedisError } from '../redis-errors.js';
import type { RedisOptions, RedisTopology, ServerAddress } from '../redis-options.js';
import { FixedMaster, type MasterResolver } from './master-resolver.js';
import { SentinelResolver } from './sentinel-resolver.js';
import { parseServerUrl, type ServerUrl } from './server-url.js';

/** Leads one connection to the master: creates its clients, and notices when the master is another server. */
export class Route {
  readonly #url: ServerUrl | undefined;
  readonly #resolver: MasterResolver;
  /** Where the last client leads. */
  #address: string | undefined;

  /**
   * @param original the route of another connection to the same master
   * @throws {RedisError} `REDIS_TOPOLOGY_UNSUPPORTED` for a cluster.
   */
  constructor(
    private readonly options: RedisOptions,
    original?: Route,
  ) {
    const { topology } = options;
    this.#url = topology.mode === 'single' ? parseServerUrl(topology.url) : undefined;
    this.#resolver = original ? original.#resolver : resolverOf(topology, this.#url);
  }

  /** The master as `host:port`; `undefined` while it is unknown. */
  get master(): string | undefined {
    const { master } = this.#resolver;
    return master && nameOf(master);
  }

  get problem(): string | undefined {
    return this.#resolver.problem;
  }

  /** As {@link MasterResolver.lagMs}. */
  get lagMs(): number {
    return this.#resolver.lagMs;
  }

  /** Whether the last client leads to another server than the master. */
  get leadsElsewhere(): boolean {
    return this.master !== undefined && this.master !== this.#address;
  }

  /** As {@link MasterResolver.watch}. */
  watch(onChange: () => void): () => void {
    return this.#resolver.watch(onChange);
  }

  /** Creates the client of the next attempt to connect; `undefined` while the master is unknown. */
  createClient(): RedisClient | undefined {
    const { master } = this.#resolver;
    if (!master) return undefined;
    this.#address = nameOf(master);
    const { clientName = 'nuthatch', protocol = 2, access } = this.options;
    return createDriverClient({
      ...this.#url?.access,
      ...access?.(),
      ...master,
      database: this.#url?.database,
      clientName,
      protocol,
    });
  }
}

function resolverOf(topology: RedisTopology, url: ServerUrl | undefined): MasterResolver {
  if (url) return new FixedMaster(url.address);
  if (topology.mode === 'sentinel') return new SentinelResolver(topology);
  throw new RedisError(
    'REDIS_TOPOLOGY_UNSUPPORTED',
    `The topology "${topology.mode}" is not supported by this release. Use { mode: 'single', url } or { mode: 'sentinel', … }.`,
  );
}

/** Returns an address as `host:port`, with an IPv6 address in brackets. */
function nameOf({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
