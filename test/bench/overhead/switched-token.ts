import type { IncomingHttpHeaders } from 'node:http';
import type { CacheSession } from '../../../libs/cache/src/core/context/cache-session.js';
import * as token from '../../../libs/cache/src/http/headers/consistency-token.js';

export * from '../../../libs/cache/src/http/headers/consistency-token.js';

/** Replaces `headers/consistency-token.ts` in the library of the server, which knows no tokens while `on` is false. */
export const tokenSwitch = { on: true };

export function sessionOf(headers: IncomingHttpHeaders): CacheSession | undefined {
  return tokenSwitch.on ? token.sessionOf(headers) : undefined;
}
