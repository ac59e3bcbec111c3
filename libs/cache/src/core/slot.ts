/**
 * The text of a value slot: `V|fillId|header|payload`.
 *
 * The header is `schemaVersion,softMs,staleMs,hardMs,codec,metaLength`, then the payload's JSON part of that length follows
 * with what varies: tags with the versions captured before the load, and the entity tag. `softMs` and `staleMs` are the
 * remaining TTL at which the entry stops being fresh and stops being servable while it is revalidated.
 */
export interface SlotContent {
  readonly fillId: string;
  readonly schemaVersion: number;
  readonly hardMs: number;
  readonly etag: string | undefined;
  readonly tags: readonly CapturedTag[];
  readonly json: string;
}

/** A tag's name and the version it had before the load began. */
export type CapturedTag = readonly [tag: string, version: string];

const HEADER = /^V\|([0-9a-f]{16})\|(\d+),\d+,\d+,(\d+),json,(\d+)\|/;

export function encodeSlot({ fillId, schemaVersion, hardMs, etag, tags, json }: SlotContent): string {
  const meta = JSON.stringify({ etag, tags });
  return `V|${fillId}|${schemaVersion},0,0,${hardMs},json,${meta.length}|${meta}${json}`;
}

/** The content of a value slot, or `undefined` for anything else: an unreadable slot is a miss. */
export function decodeSlot(text: string): SlotContent | undefined {
  const match = HEADER.exec(text);
  if (!match) return undefined;
  const [header, fillId = '', schemaVersion, hardMs, metaLength] = match;
  const payloadAt = header.length + Number(metaLength);
  const meta = decodeMeta(text.slice(header.length, payloadAt));
  if (!meta || text.length <= payloadAt) return undefined;
  return { fillId, schemaVersion: Number(schemaVersion), hardMs: Number(hardMs), ...meta, json: text.slice(payloadAt) };
}

function decodeMeta(json: string): Pick<SlotContent, 'etag' | 'tags'> | undefined {
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
