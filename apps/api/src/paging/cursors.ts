import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ProblemError } from '../http/problems/problem-error.js';
import { problems } from '../http/problems/problem.js';
import type { Ordering } from './ordering.js';
import type { Page, Position } from './page.js';

const signatureBytes = 16;

interface Identified {
  readonly id: string;
}

/** Makes and reads the cursors of pages: opaque, signed, and each bound to its list. */
export class Cursors {
  constructor(private readonly secret: string) {}

  /** Those of one list. `list` says what is in it, filters included: a cursor of it means nothing in another. */
  of<T>(list: string, ordering: Ordering<T>): ListCursors<T> {
    return new ListCursors(this.secret, list, ordering);
  }
}

/** The cursors of one list in one order. The same position always has the same cursor, which keeps pages cacheable. */
export class ListCursors<T> {
  constructor(
    private readonly secret: string,
    private readonly list: string,
    private readonly ordering: Ordering<T>,
  ) {}

  /**
   * The position after which a page begins: of the first page, none.
   *
   * @throws ProblemError `invalid-cursor` for anything that was not made here.
   */
  after(cursor: string | undefined): Position | undefined {
    return cursor === undefined ? undefined : this.#decode(cursor);
  }

  /** The page of `limit` items; `found` begins with them, and has one more where there is a next page. */
  page<Item extends T & Identified>(found: readonly Item[], limit: number): Page<Item> {
    const data = found.slice(0, limit);
    const last = found.length > limit ? data.at(-1) : undefined;
    const nextCursor = last ? this.#encode(last) : null;
    return { data, page: { limit, nextCursor, hasMore: last !== undefined } };
  }

  #encode(item: T & Identified): string {
    const payload = Buffer.from(JSON.stringify([this.ordering.of(item), item.id]));
    return Buffer.concat([this.#sign(payload), payload]).toString('base64url');
  }

  #decode(cursor: string): Position {
    const bytes = Buffer.from(cursor, 'base64url');
    const signature = bytes.subarray(0, signatureBytes);
    const payload = bytes.subarray(signatureBytes);
    const genuine = signature.length === signatureBytes && timingSafeEqual(signature, this.#sign(payload));
    // Node skips what is not base64url: only the text we would write ourselves counts, or one page had many addresses.
    if (!genuine || bytes.toString('base64url') !== cursor) throw invalidCursor();
    // Whoever knows the secret can sign what is no place in this list.
    const { data } = z.tuple([this.ordering.text, z.uuid()]).safeParse(jsonOf(payload));
    if (!data) throw invalidCursor();
    return { text: data[0], id: data[1] };
  }

  /** Over the names too, which the cursor need not carry. A JSON text is no beginning of another: nothing runs together. */
  #sign(payload: Buffer): Buffer {
    const names = JSON.stringify([this.list, this.ordering.name]);
    return createHmac('sha256', this.secret).update(names).update(payload).digest().subarray(0, signatureBytes);
  }
}

/** `undefined` where it is none. */
function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}

/**
 * Whether it looks like a cursor: it begins with a signature, and ends with an id. It is asked before the cache is: what is typed
 * at random must not be a key each.
 */
export function mayBeCursor(text: string): boolean {
  return /^[\w-]{79,4000}$/.test(text);
}

/** For a cursor that this list never gave. */
export function invalidCursor(): ProblemError {
  const errors = [{ pointer: '#/cursor', detail: 'Not a cursor of this list.', code: 'invalid-cursor' }];
  return new ProblemError('invalid-cursor', problems['invalid-cursor'].meaning, { errors });
}
