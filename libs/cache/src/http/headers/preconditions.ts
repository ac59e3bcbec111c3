import type { IncomingHttpHeaders } from 'node:http';
import { httpDate } from './http-date.js';

/** The result of evaluating preconditions: send the answer, a 304 or a 412. */
export type Verdict = 'answer' | 'not-modified' | 'failed';

type Preconditions = Pick<
  IncomingHttpHeaders,
  'if-match' | 'if-none-match' | 'if-modified-since' | 'if-unmodified-since'
>;

/** The validators of the answer to send (RFC 9110 §8.8). */
export interface Validators {
  /** A complete field value. */
  readonly etag: string | undefined;
  /** In whole seconds, as milliseconds since 1970. */
  readonly modifiedAt: number | undefined;
}

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const EACH_TAG = new RegExp(TAG, 'g');
/** RFC 9110 §5.6.1: a list may have empty elements. A tag may contain a comma, so a list must not be split at commas. */
const TAG_LIST = new RegExp(String.raw`^[ \t,]*${TAG}(?:[ \t]*,[ \t,]*${TAG})*[ \t,]*$`);

/**
 * Evaluates the preconditions of a GET or HEAD against the validators of the answer, in the order of RFC 9110 §13.2.2. A date counts
 * only if the request has no tag to compare and the answer has a date.
 *
 * The trap: call it only for an answer with status 200. Other answers ignore preconditions (§13.2.1).
 */
export function evaluatePreconditions(headers: Preconditions, { etag, modifiedAt }: Validators): Verdict {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'if-unmodified-since': unmodifiedSince } = headers;
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag, isSameStrong)) return 'failed';
  } else if (unmodifiedSince !== undefined && isLaterThan(modifiedAt, unmodifiedSince)) return 'failed';
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag, isSameWeak) ? 'not-modified' : 'answer';
  const { 'if-modified-since': modifiedSince } = headers;
  if (modifiedSince === undefined) return 'answer';
  return isLaterThan(modifiedAt, modifiedSince) === false ? 'not-modified' : 'answer';
}

/** Returns whether a change is later than the date in a field; `undefined` when the change is unknown or the field is no date. */
function isLaterThan(modifiedAt: number | undefined, field: string): boolean | undefined {
  if (modifiedAt === undefined) return undefined;
  const date = httpDate(field);
  return date === undefined ? undefined : modifiedAt > date;
}

/** Returns whether a list of entity tags, or `*`, includes this tag. A malformed list includes none. */
function names(field: string, etag: string | undefined, isSame: (a: string, b: string) => boolean): boolean {
  // Nearly every client sends exactly the one tag that it received.
  if (etag !== undefined && field === etag) return isSame(field, etag);
  if (field.trim() === '*') return true;
  if (etag === undefined || !TAG_LIST.test(field)) return false;
  return field.match(EACH_TAG)?.some((listed) => isSame(listed, etag)) ?? false;
}

/** Compares strongly (RFC 9110 §8.8.3.2): weak tags never match. */
function isSameStrong(a: string, b: string): boolean {
  return a === b && !isWeak(a);
}

/** Compares weakly (RFC 9110 §8.8.3.2): only the opaque parts count. */
function isSameWeak(a: string, b: string): boolean {
  return opaquePart(a) === opaquePart(b);
}

function opaquePart(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag;
}

function isWeak(tag: string): boolean {
  return tag.startsWith('W/');
}
