import { errorCode } from '../error-code.js';
import type { ServerAddress } from '../redis-options.js';

/** What a node of a cluster replies when another node has a record. It has not executed the command. */
export interface Redirection {
  /** `MOVED`: the other node owns the hash slot. `ASK`: it has this record, because the slot is moving there. */
  readonly kind: 'MOVED' | 'ASK';
  readonly address: ServerAddress;
}

/** Returns whether a code says that another node has the record, or that the record is moving. The node itself is well. */
export function isRedirection(code: string): boolean {
  return code === 'MOVED' || code === 'ASK' || code === 'TRYAGAIN';
}

/** Returns where an error reply leads; `undefined` for any other error. */
export function redirectionOf(error: unknown): Redirection | undefined {
  const kind = errorCode(error);
  if (!(error instanceof Error) || (kind !== 'MOVED' && kind !== 'ASK')) return undefined;
  // An IPv6 address has colons too.
  const [, host = '', port] = /(\S*):(\d+)$/.exec(error.message) ?? [];
  return { kind, address: { host, port: Number(port) } };
}
