import { createDriverClient, type RedisClient } from '../connection/driver.js';
import { ClusterMap } from '../cluster/cluster-map.js';
import type { RedisOptions, ServerAddress } from '../redis-options.js';
import { FixedMaster, type MasterResolver } from './master-resolver.js';
import { SentinelResolver } from './sentinel-resolver.js';
import { parseServerUrl, type ServerUrl } from './server-url.js';

/** Leads one connection to the master: creates its clients, and shows whether the master is another server by now. */
export class Route {
  readonly #url: ServerUrl | undefined;
  /** Connections to one master share it. */
  readonly resolver: MasterResolver;
  /** Where the last client leads. */
  #address: string | undefined;

  constructor(
    private readonly options: RedisOptions,
    resolver?: MasterResolver,
  ) {
    const { topology } = options;
    this.#url = topology.mode === 'single' ? parseServerUrl(topology.url) : undefined;
    this.resolver = resolver ?? resolverOf(options, this.#url);
  }

  /** The master as `host:port`; `undefined` while it is unknown. */
  get master(): string | undefined {
    const { master } = this.resolver;
    return master && nameOf(master);
  }

  /** Whether the last client leads to another server than the master. */
  get leadsElsewhere(): boolean {
    return this.master !== undefined && this.master !== this.#address;
  }

  /** Creates the client of the next attempt to connect; `undefined` while the master is unknown. */
  createClient(): RedisClient | undefined {
    const { master } = this.resolver;
    // Without an address, so that the connection is made as soon as a master is known, even if it is the last one.
    this.#address = master && nameOf(master);
    if (!master) return undefined;
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

function resolverOf({ topology, access }: RedisOptions, url: ServerUrl | undefined): MasterResolver {
  switch (topology.mode) {
    case 'single':
      return new FixedMaster((url ?? parseServerUrl(topology.url)).address);
    case 'sentinel':
      return new SentinelResolver(topology, (address) =>
        createDriverClient({ ...topology.sentinelAccess?.(), ...address, clientName: 'nuthatch', protocol: 3 }),
      );
    case 'cluster':
      return new ClusterMap(topology, (address) =>
        createDriverClient({ ...access?.(), ...address, clientName: 'nuthatch-map', protocol: 2 }),
      );
  }
}

/** Returns an address as `host:port`, with an IPv6 address in brackets. */
function nameOf({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
