/**
 * The texts of a slot. It is absent, or in exactly one of these states:
 *
 * - `L|token|` somebody is loading
 * - `V|fillId|header|…` a value; for a tag `V|version|`
 * - `W|life:token,…[,!]` writes under way
 * - `E|code|` the loader failed a moment ago
 */
export type SlotState =
  | { readonly kind: 'absent' | 'loading' | 'writing' | 'unreadable' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'value'; readonly value: SlotValue };

/** A value as it is stored. Its times are remaining TTLs: no host's clock is compared with another's. */
export interface SlotValue {
  readonly fillId: string;
  readonly schemaVersion: number;
  /** The remaining TTL at which the entry stops being fresh, in milliseconds. */
  readonly softMs: number;
  /** The remaining TTL at which it may no longer be served while it is revalidated. */
  readonly staleMs: number;
  /** The TTL it was stored with. */
  readonly hardMs: number;
  readonly etag: string | undefined;
  readonly tags: readonly CapturedTag[];
  /** The JSON text of the value; `undefined` for a value that is known to be absent. */
  readonly json: string | undefined;
}

/** A tag's slot and the version it had before the load began. */
export type CapturedTag = readonly [slot: string, version: string];

const VALUE = /^V\|([0-9a-f]{16})\|(\d+),(\d+),(\d+),(\d+),(json|none),(\d+)\|/;
const VERSION = /^V\|([0-9a-f]{16})\|$/;

export const leasePrefix = (token: string): string => `L|${token}|`;
export const valuePrefix = (fillId: string): string => `V|${fillId}|`;

/** The name under which the right to refresh a slot's value is taken. No slot begins so: a namespace has no bar. */
export const claimOf = (slot: string): string => `refresh|${slot}`;

/** The text of a tag's slot. */
export const versionText = valuePrefix;

/** The version that a tag's slot holds; `undefined` when it is absent or being written. */
export function versionOf(text: string | null): string | undefined {
  return text === null ? undefined : VERSION.exec(text)?.[1];
}

export function encodeValue(value: SlotValue): string {
  const { fillId, schemaVersion, softMs, staleMs, hardMs, etag, tags, json } = value;
  const meta = JSON.stringify({ etag, tags });
  const codec = json === undefined ? 'none' : 'json';
  return `${valuePrefix(fillId)}${schemaVersion},${softMs},${staleMs},${hardMs},${codec},${meta.length}|${meta}${json ?? ''}`;
}

export function decodeSlot(text: string | null): SlotState {
  if (text === null) return { kind: 'absent' };
  if (text.startsWith('V|')) {
    const value = decodeValue(text);
    return value ? { kind: 'value', value } : { kind: 'unreadable' };
  }
  if (text.startsWith('L|')) return { kind: 'loading' };
  if (text.startsWith('W|')) return { kind: 'writing' };
  if (text.startsWith('E|') && text.endsWith('|')) return { kind: 'failed', code: text.slice(2, -1) };
  return { kind: 'unreadable' };
}

/** The id of the value that a slot holds, also when the rest of it cannot be read. */
export function fillIdOf(text: string | null): string | undefined {
  return text === null ? undefined : /^V\|([0-9a-f]{16})\|/.exec(text)?.[1];
}

function decodeValue(text: string): SlotValue | undefined {
  const match = VALUE.exec(text);
  if (!match) return undefined;
  const [header, fillId = '', schemaVersion, softMs, staleMs, hardMs, codec, metaLength] = match;
  const payloadAt = header.length + Number(metaLength);
  const meta = decodeMeta(text.slice(header.length, payloadAt));
  const json = codec === 'json' ? text.slice(payloadAt) : undefined;
  if (!meta || json === '' || text.length < payloadAt) return undefined;
  const times = { softMs: Number(softMs), staleMs: Number(staleMs), hardMs: Number(hardMs) };
  return { fillId, schemaVersion: Number(schemaVersion), ...times, ...meta, json };
}

function decodeMeta(json: string): Pick<SlotValue, 'etag' | 'tags'> | undefined {
  try {
    const meta: unknown = JSON.parse(json);
    return isMeta(meta) ? { etag: meta.etag, tags: meta.tags } : undefined;
  } catch {
    return undefined;
  }
}

function isMeta(meta: unknown): meta is { etag: string | undefined; tags: CapturedTag[] } {
  if (typeof meta !== 'object' || meta === null || !('tags' in meta) || !Array.isArray(meta.tags)) return false;
  if ('etag' in meta && typeof meta.etag !== 'string') return false;
  return meta.tags.every(
    (tag: unknown) => Array.isArray(tag) && tag.length === 2 && tag.every((part) => typeof part === 'string'),
  );
}
