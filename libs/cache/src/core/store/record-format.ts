import { crc32 } from 'node:zlib';
import type { Encoded, PayloadForm } from '../codec/codec.js';
import { isOpaqueTag } from '../policy/etag.js';
import { isWide } from './heap-bytes.js';
import { Memo } from './memo.js';

/**
 * The states of a record. It is absent, or has exactly one of these texts:
 *
 * - `L|token|` a load in progress
 * - `V|fillId|header,checksum|…` a value; for a tag `V|version|`
 * - `W|life:token,…[,!]` writes in progress
 * - `E|code|` the loader failed a moment ago
 */
export type RecordState =
  | { readonly kind: 'absent' | 'loading' | 'writing' | 'unreadable' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'value'; readonly value: RecordValue };

/** A value as it is stored. Its times are remaining TTLs, so that no two hosts' clocks are compared. */
export interface RecordValue {
  readonly fillId: string;
  readonly schemaVersion: number;
  /** The fingerprint of the schema that the value was stored under. */
  readonly fingerprint: string | undefined;
  /** The remaining TTL at which the entry stops being fresh, in milliseconds. */
  readonly freshUntilMs: number;
  /** The remaining TTL at which the entry may no longer be served while it is refreshed. */
  readonly swrUntilMs: number;
  /** The TTL that the entry was stored with. */
  readonly expiryMs: number;
  /** The opaque part of a strong entity tag. */
  readonly etag: string | undefined;
  readonly tags: readonly CapturedTag[];
  /** `undefined` if the entry caches that there is no value. */
  readonly content: RecordContent | undefined;
}

export interface RecordContent extends Encoded {
  /** The name of the codec that wrote it. */
  readonly codec: string;
}

/** The complete key of a tag, and its version before the load began. */
export type CapturedTag = readonly [recordKey: string, version: string];

const VALUE =
  /^(V\|([0-9a-f]{16})\|(\d+)(?:\.([0-9a-f]{8}))?,(\d+),(\d+),(\d+),([a-z]{1,16}),(\d+),(\d+),(\d+)),([0-9a-f]{1,8})\|/;
/** The codec field of an entry without a value. */
const NO_CODEC = 'none';
/** The codec that every reader supports. */
const TEXT_CODEC = 'json';
const LEASE = /^L\|\w{1,64}\|$/;
const VERSION = /^V\|([0-9a-f]{16})\|$/;

export const leasePrefix = (token: string): string => `L|${token}|`;
export const valuePrefix = (fillId: string): string => `V|${fillId}|`;

/** Returns the text of a tag's record. */
export const versionText = valuePrefix;

/** Returns the version in a tag's record, or `undefined` if the tag is absent or being written. */
export function versionOf(text: string | null): string | undefined {
  return text === null ? undefined : VERSION.exec(text)?.[1];
}

/** Encodes a value. All but the payload is ASCII, so it is the same in either form. */
export function encodeValue({
  fillId,
  schemaVersion,
  fingerprint,
  freshUntilMs,
  swrUntilMs,
  expiryMs,
  etag,
  tags,
  content,
}: RecordValue): string {
  const { codec = NO_CODEC, payload = '', types } = content ?? {};
  const tagsText = textOfTags(tags);
  const extra = etag === undefined && types === undefined ? '' : asciiJson({ etag, types });
  const schema = fingerprint === undefined ? schemaVersion : `${schemaVersion}.${fingerprint}`;
  const header = `${valuePrefix(fillId)}${schema},${freshUntilMs},${swrUntilMs},${expiryMs},${codec},${tagsText.length},${extra.length},${payload.length}`;
  const meta = tagsText + extra;
  return `${header},${checksum(header + meta, payload)}|${meta}${payload}`;
}

/** Decodes the text of a record that was read in this form. */
export function decodeRecord(text: string | null, form: PayloadForm = 'text'): RecordState {
  if (text === null) return { kind: 'absent' };
  if (text.startsWith('V|')) {
    const value = decodeValue(text, form);
    return value ? { kind: 'value', value } : { kind: 'unreadable' };
  }
  if (LEASE.test(text)) return { kind: 'loading' };
  if (text.startsWith('W|')) return { kind: 'writing' };
  if (text.startsWith('E|') && text.endsWith('|')) return { kind: 'failed', code: text.slice(2, -1) };
  return { kind: 'unreadable' };
}

/** Returns the id of the value in a record, even if the rest of the record is unreadable. */
export function fillIdOf(text: string | null): string | undefined {
  return text === null ? undefined : /^V\|([0-9a-f]{16})\|/.exec(text)?.[1];
}

function decodeValue(text: string, form: PayloadForm): RecordValue | undefined {
  const match = VALUE.exec(text);
  if (!match) return undefined;
  const [
    { length: metaAt },
    header = '',
    fillId = '',
    schemaVersion,
    fingerprint,
    freshUntilMs,
    swrUntilMs,
    expiryMs,
    codec = '',
    tagsLength,
    extraLength,
    payloadLength,
    sum,
  ] = match;
  const extraAt = metaAt + Number(tagsLength);
  const payloadAt = extraAt + Number(extraLength);
  const payload = payloadIn(text.slice(payloadAt), codec, form);
  if (payload.length !== Number(payloadLength)) return undefined;
  if (checksum(header + text.slice(metaAt, payloadAt), payload) !== sum) return undefined;
  const tags = tagsIn(text.slice(metaAt, extraAt));
  const extra = payloadAt === extraAt ? NO_EXTRA : decodeExtra(text.slice(extraAt, payloadAt));
  if (!tags || !extra) return undefined;
  const { etag, types } = extra;
  const stored = types === undefined ? { codec, payload } : { codec, payload, types };
  return {
    fillId,
    schemaVersion: Number(schemaVersion),
    fingerprint,
    freshUntilMs: Number(freshUntilMs),
    swrUntilMs: Number(swrUntilMs),
    expiryMs: Number(expiryMs),
    etag,
    tags,
    content: codec === NO_CODEC ? undefined : stored,
  };
}

/**
 * Returns the CRC-32 of a record without its checksum, in hex. It detects damage: truncation, changed bits, and parts of two records.
 * Against a program that forges records it protects nothing, as would no checksum without a secret.
 */
function checksum(head: string, payload: string): string {
  // To encode a text with wide characters as UTF-8 takes four times as long.
  const sum = isWide(payload) ? crc32(Buffer.from(payload, 'utf16le'), crc32(head)) : crc32(head + payload);
  return sum.toString(16);
}

/** Returns the payload. A cache with a binary codec still reads the JSON that it stored before it had one. */
function payloadIn(raw: string, codec: string, form: PayloadForm): string {
  return form === 'binary' && codec === TEXT_CODEC ? Buffer.from(raw, 'latin1').toString() : raw;
}

/** What few entries have. */
interface Extra {
  readonly etag?: string | undefined;
  readonly types?: unknown;
}

const NO_EXTRA: Extra = {};
/** Entries of one cache nearly always have the same tags with the same versions, so their lists and texts are made once. */
const MEMOISED_LISTS = 100;
const recentTags = new Memo<readonly CapturedTag[]>(MEMOISED_LISTS);
const textsOfTags = new WeakMap<readonly CapturedTag[], string>();

function textOfTags(tags: readonly CapturedTag[]): string {
  const known = textsOfTags.get(tags);
  if (known !== undefined) return known;
  const text = asciiJson(tags);
  textsOfTags.set(tags, text);
  return text;
}

function tagsIn(text: string): readonly CapturedTag[] | undefined {
  const known = recentTags.get(text);
  if (known) return known;
  const tags = parsed(text);
  if (!isTags(tags)) return undefined;
  recentTags.set(text, tags);
  return tags;
}

/** Returns the size of a value's type hints in its record, in bytes. */
export function typesLength({ types }: Encoded): number {
  return types === undefined ? 0 : asciiJson(types).length;
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The extra of an entry that has an entity tag and no type hints. */
const ETAG_ONLY = /^\{"etag":"([^"\\]+)"\}$/;

function decodeExtra(json: string): Extra | undefined {
  const etag = ETAG_ONLY.exec(json)?.[1];
  if (etag !== undefined) return isOpaqueTag(etag) ? { etag } : undefined;
  const extra = parsed(json);
  return isExtra(extra) ? extra : undefined;
}

function isExtra(extra: unknown): extra is Extra {
  return typeof extra === 'object' && extra !== null && (!('etag' in extra) || isOpaqueTag(extra.etag));
}

function isTags(tags: unknown): tags is readonly CapturedTag[] {
  return (
    Array.isArray(tags) &&
    tags.every(
      (tag: unknown) => Array.isArray(tag) && tag.length === 2 && tag.every((part) => typeof part === 'string'),
    )
  );
}
