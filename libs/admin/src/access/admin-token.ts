import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The permissions of a token:
 *
 * - `read`: statistics, policies and explanations. Keys are visible, values are not.
 * - `values`: the cached values
 * - `invalidate`: removing entries, by key, by tag or all entries of a cache
 */
export const ADMIN_SCOPES = ['read', 'values', 'invalidate'] as const;
export type AdminScope = (typeof ADMIN_SCOPES)[number];

/** A token of the admin API. */
export interface AdminToken {
  /** Names the holder in the audit log. */
  readonly name: string;
  /** What the holder may do: `read` statistics and explanations, read `values`, `invalidate`. */
  readonly scopes: readonly AdminScope[];
  /** The secret that a request sends. At least 20 characters of `A-Z a-z 0-9 . _ ~ + / = -` (RFC 6750 §2.1). */
  readonly secret: string;
}

/** The text of a setting has tokens of another form. The message names the place and the fault, and has no secret. */
export class AdminTokensInvalid extends RangeError {
  override readonly name = 'AdminTokensInvalid';
  readonly code = 'ADMIN_TOKENS_INVALID';
}

const NAME = /^[\w.-]{1,40}$/;
const SECRET = /^[\w.~+/-]{20,}=*$/;

/**
 * Parses tokens from a setting: `name:scope+scope:secret`, with a comma between tokens. An empty text has no tokens, so that an
 * application starts without the setting.
 *
 * @throws {AdminTokensInvalid} for a text of another form. The message has no secret.
 * @example
 * parseAdminTokens('ops:read+invalidate:yD4sJmC2kQ8vZp1LrT6w,grafana:read:Hq7bXn3sVf9uKe5aWc2g');
 */
export function parseAdminTokens(text: string): readonly AdminToken[] {
  if (text.trim() === '') return [];
  const tokens = text.split(',').map((part, place) => parseToken(part.trim(), place + 1));
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length)
    throw new AdminTokensInvalid('Two admin tokens have the same name. Give each its own: the audit log shows it.');
  if (new Set(tokens.map(({ secret }) => secret)).size < tokens.length)
    throw new AdminTokensInvalid('Two admin tokens have the same secret. Give each its own.');
  return tokens;
}

function parseToken(text: string, place: number): AdminToken {
  const [name = '', scopes = '', ...rest] = text.split(':');
  const secret = rest.join(':');
  const problem = (fault: string): AdminTokensInvalid =>
    new AdminTokensInvalid(
      `Admin token ${place} ${fault}. Write name:scope+scope:secret, such as ops:read+invalidate:<secret>.`,
    );
  if (!NAME.test(name)) throw problem('has a name that is not 1 to 40 letters, digits, ".", "_" or "-"');
  const granted = scopes.split('+');
  if (!granted.every(isScope)) throw problem(`has a scope other than ${ADMIN_SCOPES.join(', ')}`);
  if (!SECRET.test(secret))
    throw problem('has a secret that is shorter than 20 characters or has others than A-Z a-z 0-9 . _ ~ + / = -');
  return { name, scopes: granted, secret };
}

function isScope(text: string): text is AdminScope {
  return ADMIN_SCOPES.some((scope) => scope === text);
}

/** Returns a token with a random secret and all scopes, for one run of an application in development. */
export function generateAdminToken(name: string): AdminToken {
  return { name, scopes: ADMIN_SCOPES, secret: randomBytes(24).toString('base64url') };
}

/** Finds tokens by their secrets, in a time that does not depend on the secret. */
export class AdminTokens {
  readonly #tokens: readonly { readonly token: AdminToken; readonly digest: Buffer }[];

  constructor(tokens: readonly AdminToken[]) {
    this.#tokens = tokens.map((token) => ({ token, digest: digestOf(token.secret) }));
  }

  get size(): number {
    return this.#tokens.length;
  }

  find(secret: string): AdminToken | undefined {
    const digest = digestOf(secret);
    // Compares all of them: an early end would tell how far a guess got.
    const equal = this.#tokens.filter((known) => timingSafeEqual(known.digest, digest));
    return equal[0]?.token;
  }
}

/** Digests have one length, so that the length of a secret takes no part in the comparison. */
function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
