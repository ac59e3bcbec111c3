/** The names on one server that are no records. In a cluster, the server has their hash slots. */
export interface ServerNames {
  /** The channel of the invalidations of its records. */
  readonly channel: string;
  /** The record of the server whose entries are trusted. */
  readonly server: string;
  /** The record of the heartbeats of this process. It may change: then the counts begin again. */
  readonly heartbeat: string;
  /** Chooses other names, because the server does not have these any more. */
  readonly change?: () => void;
}

/** Returns the names on the only server of a namespace. */
export function namesOfOnlyServer(namespace: string, processId: string): ServerNames {
  return {
    channel: `${namespace}:writes`,
    server: `${namespace}:server`,
    heartbeat: `${namespace}:heartbeat:${processId}`,
  };
}
