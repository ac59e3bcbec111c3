import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import type { AdminScope, AdminToken } from './admin-token.js';

export const SESSION_COOKIE = 'nuthatch-session';

/** How long a session lives: a working day. */
export const SESSION_SECONDS = 12 * 3_600;

/**
 * Sessions of browsers, which cannot add a header to an event stream. The value of a session is signed with the secret of its token,
 * so every instance with the same tokens accepts it, and it ends when the token is removed.
 */
@Injectable()
export class AdminSessions {
  readonly #tokens: readonly AdminToken[];

  constructor(@Inject(ADMIN_OPTIONS) { tokens }: AdminOptions) {
    this.#tokens = tokens;
  }

  /** Returns the value of a session with those of the token's scopes that `permitted` lists. */
  create(token: AdminToken, permitted: readonly AdminScope[]): string {
    const scopes = token.scopes.filter((scope) => permitted.includes(scope)).join('+');
    const content = `${token.name}:${scopes}:${Math.floor(Date.now() / 1_000) + SESSION_SECONDS}`;
    return `${content}:${signature(content, token)}`;
  }

  /** Returns the token of a session, with the scopes of the session; `undefined` for a session that is forged or over. */
  find(value: string): AdminToken | undefined {
    const [name, scopes = '', end, signed = ''] = value.split(':');
    const token = this.#tokens.find((known) => known.name === name);
    if (!token || Number(end) * 1_000 <= Date.now()) return undefined;
    const expected = Buffer.from(signature(`${name}:${scopes}:${end}`, token));
    const given = Buffer.from(signed);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return { ...token, scopes: token.scopes.filter((scope) => scopes.split('+').includes(scope)) };
  }
}

function signature(content: string, { secret }: AdminToken): string {
  return createHmac('sha256', secret).update(content).digest('base64url');
}
