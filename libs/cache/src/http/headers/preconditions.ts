import type { IncomingHttpHeaders } from 'node:http';
import { httpDate } from './last-modified.js';

/** What the preconditions of a request come to: the answer, a 304 without it, or a 412. */
export type Verdict = 'answer' | 'not-modified' | 'failed';

type Preconditions = Pick<
  IncomingHttpHeaders,
  'if-match' | 'if-none-match' | 'if-modified-since' | 'if-unmodified-since'
>;

/** What says which version would be answered. */
export interface Validators {
  /** A complete field value. */
  readonly etag: string | undefined;
  /** In whole seconds, as milliseconds since 1970. */
  readonly modifiedAt: number | undefined;
}

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const EACH_TAG = new RegExp(TAG, 'g');
/** RFC 9110 §5.6.1: a list may have empty elements. A tag may hold a comma, so lists are not split at them. */
const TAG_LIST = new RegExp(String.raw`^[ \t,]*${TAG}(?:[ \t]*,[ \t,]*${TAG})*[ \t,]*$`);

/**
 * Evaluates the preconditions of a GET or HEAD, in the order of RFC 9110 §13.2.2, against the validators of what would be
 * answered. A date counts only where there is no tag to compare, and a date to compare it with.
 *
 * It is to be asked only where there is something to answer with a 200: other answers ignore preconditions (§13.2.1).
 */
export function evaluatePreconditions(headers: Preconditions, { etag, modifiedAt }: Validators): Verdict {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag, isSameStrong)) return 'failed';
  } else if (isLaterThan(modifiedAt, headers['if-unmodified-since'])) return 'failed';
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag, isSameWeak) ? 'not-modified' : 'answer';
  return isLaterThan(modifiedAt, headers['if-modified-since']) === false ? 'not-modified' : 'answer';
}

/** Whether what was changed then is newer than a date in a field; `undefined` where one of them is missing or no date. */
function isLaterThan(modifiedAt: number | undefined, field: string | undefined): boolean | undefined {
  if (modifiedAt === undefined || field === undefined) return undefined;
  const date = httpDate(field);
  return date === undefined ? undefined : modifiedAt > date;
}

/** Whether a list of entity tags, or `*`, names this one. What is neither names nothing. */
function names(field: string, etag: string | undefined, isSame: (a: string, b: string) => boolean): boolean {
  // What nearly every client sends: the one tag that it was given.
  if (etag !== undefined && field === etag) return isSame(field, etag);
  if (field.trim() === '*') return true;
  if (etag === undefined || !TAG_LIST.test(field)) return false;
  return field.match(EACH_TAG)?.some((listed) => isSame(listed, etag)) ?? false;
}

/** RFC 9110 §8.8.3.2: weak tags are never the same. */
function isSameStrong(a: string, b: string): boolean {
  return a === b && !isWeak(a);
}

/** RFC 9110 §8.8.3.2: whether they are weak does not matter. */
function isSameWeak(a: string, b: string): boolean {
  return opaquePart(a) === opaquePart(b);
}

function opaquePart(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag;
}

function isWeak(tag: string): boolean {
  return tag.startsWith('W/');
}
