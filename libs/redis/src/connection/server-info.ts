import { errorCode } from '../error-code.js';
import type { RedisTopology } from '../redis-options.js';

/** Words with which a server reports that it must not be used now. They begin its error replies. */
const UNUSABLE = [
  /** A replica rejects a write. */
  'READONLY',
  /** The server still reads its data from disk. */
  'LOADING',
  /** A replica has lost its master. */
  'MASTERDOWN',
] as const;

/** Kinds of servers that a URL must not lead to. Other options lead to them. */
const UNSUPPORTED = ['CLUSTER', 'SENTINEL'] as const;

type Mode = RedisTopology['mode'];

export type UnusableReason = (typeof UNUSABLE)[number] | (typeof UNSUPPORTED)[number];

/** The identity of a usable server, or the reason why the server is unusable. */
export interface ServerInfo {
  /**
   * Changes with each start of the server, and whenever the server takes over the data of another one. `undefined` if the server
   * does not tell it.
   */
  readonly identity?: string | undefined;
  readonly unusable?: UnusableReason;
}

/** Returns whether an error code means that the server must not be used. */
export function isUnusable(code: string | undefined): code is UnusableReason {
  return UNUSABLE.some((word) => word === code);
}

/** Returns whether the reason names a kind of server that a URL must not lead to. */
export function isUnsupported(reason: string | undefined): reason is (typeof UNSUPPORTED)[number] {
  return UNSUPPORTED.some((kind) => kind === reason);
}

/** Sends a command to the server. */
export type Ask = (...words: readonly string[]) => Promise<unknown>;

/** Asks a server for its identity and its role: by INFO or, if the server refuses that, by HELLO. */
export async function askServer(ask: Ask, expected: Mode = 'single'): Promise<ServerInfo> {
  try {
    return parseServerInfo(String(await ask('INFO', 'server', 'replication', 'persistence')), expected);
  } catch (error) {
    // A user without INFO, or a server that does not know it.
    if (!/^(?:NOPERM|ERR)\b/.test(errorCode(error))) throw error;
    return parseHello(await ask('HELLO'), expected);
  }
}

/**
 * Parses the answer to `INFO server replication persistence`.
 *
 * A replica may be older than the writes that its master acknowledged, and a loading server answers no read. Both count as
 * down. `run_id` alone is no identity: a server that was a replica for a moment keeps it, and has the data of its master.
 */
export function parseServerInfo(info: string, expected: Mode = 'single'): ServerInfo {
  const field = (name: string): string | undefined => new RegExp(`^${name}:([\\w-]+)`, 'm').exec(info)?.[1];
  // Valkey has another name for the mode.
  const unusable = unusableBy(field('redis_mode') ?? field('server_mode'), field('role'), expected);
  if (unusable !== undefined) return { unusable };
  if (field('loading') === '1') return { unusable: 'LOADING' };
  const start = field('run_id') ?? field('master_replid');
  if (start === undefined) return {};
  // Not `master_replid` beside `run_id`: it also changes when a replica is attached.
  const promotion = [field('master_replid2'), field('second_repl_offset')];
  return { identity: [start, ...promotion.filter((id) => id !== undefined)].join('.') };
}

/** Parses the answer to `HELLO`, which every user may send: pairs in RESP2, a map in RESP3. It names no identity. */
export function parseHello(reply: unknown, expected: Mode = 'single'): ServerInfo {
  const words: readonly unknown[] = Array.isArray(reply) ? reply : Object.entries(reply ?? {}).flat();
  const field = (name: string): string => String(words[words.indexOf(name) + 1]);
  const unusable = unusableBy(field('mode'), field('role'), expected);
  return unusable === undefined ? {} : { unusable };
}

function unusableBy(mode: string | undefined, role: string | undefined, expected: Mode): UnusableReason | undefined {
  if (mode === 'cluster' && expected !== 'cluster') return 'CLUSTER';
  if (mode === 'sentinel') return 'SENTINEL';
  // INFO says "slave", HELLO says "replica".
  return role === 'slave' || role === 'replica' ? 'READONLY' : undefined;
}
