/** Words with which a server reports that it must not be used now. They begin its error replies. */
const UNUSABLE = [
  /** A replica rejects a write. */
  'READONLY',
  /** The server still reads its data from disk. */
  'LOADING',
  /** A replica has lost its master. */
  'MASTERDOWN',
] as const;

export type UnusableReason = (typeof UNUSABLE)[number];

/** The identity of a usable server, or the reason why the server is unusable. */
export interface ServerInfo {
  /** Changes with each start of the server. */
  readonly runId?: string | undefined;
  readonly unusable?: UnusableReason;
}

/** Returns whether an error code means that the server must not be used. */
export function isUnusable(code: string | undefined): code is UnusableReason {
  return UNUSABLE.some((word) => word === code);
}

/**
 * Parses the answer to `INFO server replication persistence`.
 *
 * A replica may be older than the writes that its master acknowledged, and a loading server answers no read. Both count as
 * down.
 */
export function parseServerInfo(info: string): ServerInfo {
  if (/^role:slave/m.test(info)) return { unusable: 'READONLY' };
  if (/^loading:1/m.test(info)) return { unusable: 'LOADING' };
  return { runId: /^run_id:(\w+)/m.exec(info)?.[1] };
}
