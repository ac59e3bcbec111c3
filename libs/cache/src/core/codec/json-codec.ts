import type { Codec, Encoded } from './codec.js';
import { typeHintsOf, restoreTypes } from './json-type-hints.js';

/** Encodes with `JSON.stringify`, so the payload is ready to be a response body. Type hints restore what JSON loses. */
export const jsonCodec: Codec = {
  name: 'json',
  form: 'text',

  encode(value: unknown): Encoded {
    const hints = typeHintsOf(value);
    const payload: string | undefined = JSON.stringify(
      value,
      hints.some(([, type]) => type === 'bigint') ? bigintToText : undefined,
    );
    if (payload === undefined) throw new TypeError(`Cannot store a ${typeof value}: it has no JSON text.`);
    return hints.length > 0 ? { payload, types: JSON.parse(JSON.stringify(hints, bigintToText)) } : { payload };
  },

  decode({ payload, types }: Encoded): unknown {
    const plain: unknown = JSON.parse(payload);
    return types === undefined ? plain : restoreTypes(plain, types);
  },
};

function bigintToText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
