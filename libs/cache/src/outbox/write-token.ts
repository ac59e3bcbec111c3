import { LoadContext } from '../core/context/load-context.js';

/** The setting of PostgreSQL that the triggers of the outbox read. */
const TOKEN_SETTING = 'nuthatch.token';

/** Returns the token of the write around the present code. `undefined` outside of the body of a write. */
export function writeToken(): string | undefined {
  return LoadContext.current?.write?.takeToken();
}

/**
 * Returns an SQL expression that passes the token of the present write to the triggers, until the transaction ends. Evaluate it in
 * the statement that writes, or in an earlier one of its transaction. Outside of a write it passes none.
 *
 * With the token, the relays keep the value that the write has stored, and end the intents of a writer that has crashed. Without it,
 * they invalidate the entries of the changed rows once more.
 *
 * @example
 * await pool.query(`update users set name = $2 where id = $1 returning id, name, ${passWriteToken()}`, [id, name]);
 */
export function passWriteToken(): string {
  // A token is 16 hex digits, so the text needs no escape.
  return `set_config('${TOKEN_SETTING}', '${writeToken() ?? ''}', true)`;
}
