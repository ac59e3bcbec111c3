import { CONSISTENCY_TOKEN } from './headers/consistency-token.js';

/** The cookie that carries the token of a write back to the instances, for clients that cannot set a header. */
export class ConsistencyCookie {
  /** @param seconds how long it lives; `undefined` to send none */
  constructor(private readonly seconds: number | undefined) {}

  /** Returns the value of `Set-Cookie`. It holds no secret: digests of what its own client has written. */
  of(token: string): string | undefined {
    return this.seconds === undefined
      ? undefined
      : `${CONSISTENCY_TOKEN}=${token}; Max-Age=${this.seconds}; Path=/; HttpOnly; SameSite=Lax`;
  }
}
