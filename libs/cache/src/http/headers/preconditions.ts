import type { IncomingHttpHeaders } from 'node:http';
import { weakEtag } from '../../core/policy/etag.js';
import type { Answer } from '../../core/read-result.js';
import type { CachedRoute } from '../route/cached-route.js';
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
 * How long before its load a value must have changed to get a `Last-Modified`, in milliseconds. The header has a resolution of one
 * second, so it would hide a second change within that second (RFC 9110 §8.8.2.2). The database's clock also differs from ours.
 */
const SETTLED_MS = 5_000;
/** Memoises the tag of an entry in memory, which is answered many times, so that its text is hashed once. */
const memo = new WeakMap<Answer<unknown>, string>();

/**
 * Returns the field value of `ETag` for an answer that is sent as `text`.
 *
 * A policy's `etag` is the version of a value, and the values of two users may have equal versions. If an address has variants, one tag
 * for all of them would let a client keep the variant of another user (RFC 9110 §8.8.3), so a digest of the text is appended.
 */
export function representationTag({ hasVariants }: CachedRoute, answer: Answer<unknown>, text: string): string {
  const { etag } = answer;
  if (etag === undefined) return weakEtag(text);
  // A weak tag is a digest of the text already.
  if (!hasVariants || etag.startsWith('W/')) return etag;
  const known = memo.get(answer);
  if (known !== undefined) return known;
  const tag = `${etag.slice(0, -1)}.${weakEtag(text).slice('W/"'.length)}`;
  memo.set(answer, tag);
  return tag;
}

/** Returns when a value last changed, in whole seconds as milliseconds since 1970; `undefined` for an invalid or too recent date. */
export function lastModified(changedAt: Date | string, loadedAt: number): number | undefined {
  const second = Math.floor(new Date(changedAt).getTime() / 1_000) * 1_000;
  return loadedAt - second >= SETTLED_MS ? second : undefined;
}

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
