import { Packr } from 'msgpackr';
import type { Codec, Encoded } from '../core/codec/codec.js';

/** Each payload is complete in itself: it names the fields of its objects once, as records, and shares them with no other. */
const packr = new Packr({ useRecords: true, moreTypes: true, useBigIntExtension: true, copyBuffers: true });

/**
 * Stores values as MessagePack with the extensions of msgpackr: much smaller than JSON where values are bytes, numbers or lists of
 * equal objects. `Date`, `Map`, `Set`, `bigint`, bytes and `undefined` come back as what they were.
 *
 * The trap: there is no text to replay, so a cache behind `@CacheResponse` takes JSON only. And `-0` comes back as 0, a key
 * `__proto__` under another name.
 *
 * @example
 * export const thumbnails = defineCache<string, Uint8Array>({ name: 'thumbnails', version: 1, key, ttl: '1h', codec: messagePack });
 */
export const messagePack: Codec = {
  name: 'msgpack',
  form: 'binary',
  encode: (value: unknown): Encoded => ({ payload: packr.pack(value).toString('latin1') }),
  decode: ({ payload }: Encoded): unknown => packr.unpack(Buffer.from(payload, 'latin1')),
};
