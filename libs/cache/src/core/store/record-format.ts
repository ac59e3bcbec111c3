import { crc32 } from 'node:zlib';
import type { Encoded, PayloadForm } from '../codec/codec.js';
import { isOpaqueTag } from '../policy/etag.js';
import { compact, WIDE } from './heap-bytes.js';
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
  | { readonly kind: 'loading' | 'writing' | 'unreadable' }
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

/** How a value begins, and where the parts of its beginning are. */
const VALUE = /^V\|[0-9a-f]{16}\|/;
const FILL_ID_AT = 2;
const HEADER_AT = FILL_ID_AT + 16 + 1;
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

/** Decodes the text of a record that was read in this form. Its payload and its entity tag may be parts of that text. */
export function decodeRecord(text: string, form: PayloadForm = 'text'): RecordState {
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
export function fillIdOf(text: string): string | undefined {
  return VALUE.test(text) ? text.slice(FILL_ID_AT, HEADER_AT - 1) : undefined;
}

/**
 * Decodes what {@link encodeValue} returned. Each hit in Redis passes here, so the fields of the header are read one by one: a
 * pattern would make a text of each. Their form is not checked, because the checksum proves that they are as they were encoded.
 */
function decodeValue(text: string, form: PayloadForm): RecordValue | undefined {
  const fillId = fillIdOf(text);
  if (fillId === undefined) return undefined;
  const header = new Header(text, HEADER_AT);
  const schemaVersion = header.number();
  const fingerprint = text[header.at - 1] === '.' ? header.upTo(',') : undefined;
  const freshUntilMs = header.number();
  const swrUntilMs = header.number();
  const expiryMs = header.number();
  const codec = header.upTo(',');
  const tagsLength = header.number();
  const extraLength = header.number();
  const payloadLength = header.number();
  const headerText = text.slice(0, header.at - 1);
  // The only characters that the checksum does not cover are those around it.
  if (text[header.at - 1] !== ',') return undefined;
  const sum = header.upTo('|');
  const extraAt = header.at + tagsLength;
  const payloadAt = extraAt + extraLength;
  const payload = payloadIn(text.slice(payloadAt), codec, form);
  if (payload.length !== payloadLength) return undefined;
  if (checksum(headerText + text.slice(header.at, payloadAt), payload) !== sum) return undefined;
  const tags = tagsIn(text, header.at, tagsLength);
  const extra = extraLength === 0 ? NO_EXTRA : decodeExtra(text.slice(extraAt, payloadAt));
  if (!tags || !extra) return undefined;
  const { etag, types } = extra;
  const stored = types === undefined ? { codec, payload } : { codec, payload, types };
  const content = codec === NO_CODEC ? undefined : stored;
  return { fillId, schemaVersion, fingerprint, freshUntilMs, swrUntilMs, expiryMs, etag, tags, content };
}

const [ZERO, NINE] = [48, 57];

/** Reads the fields of a header, each with the character after it. */
class Header {
  constructor(
    private readonly text: string,
    /** Where the next field is. */
    public at: number,
  ) {}

  number(): number {
    let value = 0;
    for (; ; this.at += 1) {
      const digit = this.text.charCodeAt(this.at);
      // At the end of the text it is `NaN`.
      if (!(digit >= ZERO && digit <= NINE)) break;
      value = 10 * value + digit - ZERO;
    }
    this.at += 1;
    return value;
  }

  upTo(separator: string): string {
    const end = this.text.indexOf(separator, this.at);
    const field = this.text.slice(this.at, end);
    this.at = end + 1;
    return field;
  }
}

/**
 * Returns the CRC-32 of a record without its checksum, in hex. It detects damage: truncation, changed bits, and parts of two records.
 * Against a program that forges records it protects nothing, as would no checksum without a secret.
 */
function checksum(head: string, payload: string): string {
  // To encode a text with wide characters as UTF-8 takes four times as long.
  const sum = WIDE.test(payload) ? crc32(Buffer.from(payload, 'utf16le'), crc32(head)) : crc32(head + payload);
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
let latestTags: { readonly text: string; readonly tags: readonly CapturedTag[] } | undefined;
const textsOfTags = new WeakMap<readonly CapturedTag[], string>();

function textOfTags(tags: readonly CapturedTag[]): string {
  const known = textsOfTags.get(tags);
  if (known !== undefined) return known;
  const text = asciiJson(tags);
  textsOfTags.set(tags, text);
  return text;
}

/** Returns the list of these tags that the entries found in the store have too, so that all of them share one. */
export function sharedTags(tags: readonly CapturedTag[]): readonly CapturedTag[] {
  const text = textOfTags(tags);
  const known = recentTags.get(text);
  if (known === undefined) recentTags.set(text, tags);
  return known ?? tags;
}

/** Returns the tags at a place of a record; `undefined` if there are none. */
function tagsIn(text: string, at: number, length: number): readonly CapturedTag[] | undefined {
  // To compare with the last list costs half as much as to look a new text up in a map.
  if (latestTags?.text.length === length && text.startsWith(latestTags.text, at)) return latestTags.tags;
  // A part of the record would keep the record in memory.
  const own = compact(text.slice(at, at + length));
  const tags = recentTags.get(own) ?? parsed(own);
  if (!isTags(tags)) return undefined;
  recentTags.set(own, tags);
  latestTags = { text: own, tags };
  return tags;
}

/** Returns the size of a value's type hints in its record, in bytes. */
export function typesLength(types: unknown): number {
  return asciiJson(types).length;
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

/** The extra of an entry that has an entity tag of ASCII, without a backslash, and no type hints. */
const ETAG_ONLY = /^\{"etag":"([\x21\x23-\x5b\x5d-\x7e]+)"\}$/;

function decodeExtra(json: string): Extra | undefined {
  const etag = ETAG_ONLY.exec(json)?.[1];
  if (etag !== undefined) return { etag };
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
