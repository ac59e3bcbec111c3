import { z } from 'zod';
import { ProblemError } from '../http/problems/problem-error.js';
import { problems } from '../http/problems/problem-types.js';
import type { Ordering } from './ordering.js';
import type { Page, Position } from './page-schema.js';

interface Identified {
  readonly id: string;
}

/** The list and the ordering that the cursor belongs to, and a position: the sort key and the id of an item. */
const content = z.tuple([z.string(), z.string(), z.string(), z.uuid()]);
type Content = z.output<typeof content>;

/**
 * Makes and reads the cursors of one list in one order. `list` names what the list contains, filters included: a cursor of one
 * list is invalid in another. The same position always has the same cursor, which keeps pages cacheable.
 *
 * Nothing is signed: a forged cursor only names another position of the same list.
 */
export class Cursors<T> {
  constructor(
    private readonly list: string,
    private readonly ordering: Ordering<T>,
  ) {}

  /**
   * Returns the position after which the page begins; `undefined` for the first page.
   *
   * @throws ProblemError `invalid-cursor` for a cursor of another list, of another order, or of no list.
   */
  after(cursor: string | undefined): Position | undefined {
    if (cursor === undefined) return undefined;
    const [list, ordering, text, id] = decode(cursor) ?? [];
    const isOurs = list === this.list && ordering === this.ordering.name;
    const key = this.ordering.text.safeParse(text);
    if (!isOurs || !key.success || id === undefined) throw invalidCursor();
    return { text: key.data, id };
  }

  /** Returns the page of `limit` items. `found` begins with them, and has one more item if there is a next page. */
  page<Item extends T & Identified>(found: readonly Item[], limit: number): Page<Item> {
    const data = found.slice(0, limit);
    const last = found.length > limit ? data.at(-1) : undefined;
    const nextCursor = last ? encode([this.list, this.ordering.name, this.ordering.of(last), last.id]) : null;
    return { data, page: { limit, nextCursor, hasMore: last !== undefined } };
  }
}

const mostLength = 4_000;

/** Returns whether the text has the form of a cursor. The query schema of a page refuses any other text. */
export function isCursor(text: string): boolean {
  return decode(text) !== undefined;
}

function encode(position: Content): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Accepts only the text that `encode` writes: otherwise one page would have many addresses. */
function decode(cursor: string): Content | undefined {
  if (cursor.length > mostLength) return undefined;
  const { data } = content.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()));
  return data && encode(data) === cursor ? data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalidCursor(): ProblemError {
  const errors = [{ pointer: '#/cursor', detail: 'Not a cursor of this list.', code: 'invalid-cursor' }];
  return new ProblemError('invalid-cursor', problems['invalid-cursor'].meaning, { errors });
}
