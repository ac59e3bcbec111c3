import type { IncomingHttpHeaders } from 'node:http';

/** What the preconditions of a request come to: the answer, a 304 without it, or a 412. */
export type Verdict = 'answer' | 'not-modified' | 'failed';

type Preconditions = Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>;

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const EACH_TAG = new RegExp(TAG, 'g');
/** RFC 9110 §5.6.1: a list may have empty elements. A tag may hold a comma, so lists are not split at them. */
const TAG_LIST = new RegExp(String.raw`^[ \t,]*${TAG}(?:[ \t]*,[ \t,]*${TAG})*[ \t,]*$`);

/**
 * Evaluates the preconditions of a GET or HEAD, in the order of RFC 9110 §13.2.2, against the entity tag of what would be
 * answered: a complete field value, `undefined` where it has none.
 *
 * It is to be asked only where there is something to answer with a 200: other answers ignore preconditions (§13.2.1).
 */
export function evaluatePreconditions(headers: Preconditions, etag: string | undefined): Verdict {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined && !names(ifMatch, etag, isSameStrong)) return 'failed';
  if (ifNoneMatch !== undefined && names(ifNoneMatch, etag, isSameWeak)) return 'not-modified';
  return 'answer';
}

/** Whether a list of entity tags, or `*`, names this one. What is neither names nothing. */
function names(field: string, etag: string | undefined, isSame: (a: string, b: string) => boolean): boolean {
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
