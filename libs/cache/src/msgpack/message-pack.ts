import { Packr } from 'msgpackr';
import type { Codec, Encoded } from '../core/codec/codec.js';

/** Each payload is self-contained: it names the fields of its objects once, as records, and shares them with no other payload. */
const packr = new Packr({ useRecords: true, moreTypes: true, useBigIntExtension: true, copyBuffers: true });

/**
 * Stores values as MessagePack with the extensions of msgpackr: much smaller than JSON for bytes, numbers and lists of similar
 * objects. `Date`, `Map`, `Set`, `bigint`, bytes and `undefined` keep their types.
 *
 * The trap: there is no JSON text to replay, so a cache behind `@CacheResponse` cannot use it. A value with `-0`, a key `__proto__` or
 * an instance of a class would come back as another value, so it is not stored.
 *
 * @example
 * export const thumbnails = defineCache<Uint8Array>('thumbnails', { ttl: '1h', codec: messagePack });
 */
export const messagePack: Codec = {
  name: 'msgpack',
  form: 'binary',
  encode: (value: unknown): Encoded => ({ payload: packr.pack(value).toString('latin1') }),
  decode: ({ payload }: Encoded): unknown => packr.unpack(Buffer.from(payload, 'latin1')),
};
