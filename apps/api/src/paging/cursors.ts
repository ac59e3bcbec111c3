import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ProblemError } from '../http/problem-error.js';
import type { Page, Position } from './page.js';

const content = z.tuple([z.string(), z.iso.datetime(), z.uuid()]);
const signatureBytes = 16;

/**
 * Makes and reads the cursors of pages: opaque, signed, and bound to the order they were made for, so that a cursor
 * of one list means nothing in another. The same position always gives the same cursor, which keeps pages cacheable.
 */
export class Cursors {
  constructor(private readonly secret: string) {}

  encode(order: string, { createdAt, id }: Position): string {
    const payload = Buffer.from(JSON.stringify([order, createdAt, id]));
    return Buffer.concat([this.sign(payload), payload]).toString('base64url');
  }

  /**
   * The position after which a page begins: of the first page, none.
   *
   * @throws ProblemError `invalid-cursor` for anything that `encode` did not give for this order.
   */
  after(order: string, cursor: string | undefined): Position | undefined {
    return cursor === undefined ? undefined : this.decode(order, cursor);
  }

  /** @throws ProblemError `invalid-cursor` for anything that `encode` did not give for this order. */
  decode(order: string, cursor: string): Position {
    const bytes = Buffer.from(cursor, 'base64url');
    const signature = bytes.subarray(0, signatureBytes);
    const payload = bytes.subarray(signatureBytes);
    const genuine = signature.length === signatureBytes && timingSafeEqual(signature, this.sign(payload));
    // Node skips what is not base64url: only the text we would write ourselves counts, or one page had many addresses.
    if (!genuine || bytes.toString('base64url') !== cursor) throw invalidCursor();
    const [madeFor, createdAt, id] = content.parse(JSON.parse(payload.toString()));
    if (madeFor !== order) throw invalidCursor();
    return { createdAt, id };
  }

  /** The page of `limit` items; `found` begins with them, and has one more where there is a next page. */
  page<T extends Position>(order: string, found: readonly T[], limit: number): Page<T> {
    const data = found.slice(0, limit);
    const last = found.length > limit ? data.at(-1) : undefined;
    const nextCursor = last ? this.encode(order, last) : null;
    return { data, page: { limit, nextCursor, hasMore: last !== undefined } };
  }

  private sign(payload: Buffer): Buffer {
    return createHmac('sha256', this.secret).update(payload).digest().subarray(0, signatureBytes);
  }
}

/** For a cursor that this list never gave. */
export function invalidCursor(): ProblemError {
  const errors = [{ pointer: '#/cursor', detail: 'Not a cursor of this list.', code: 'invalid-cursor' }];
  return new ProblemError('invalid-cursor', 'Send "page.nextCursor" of an answer as it is, or no cursor.', { errors });
}
