import type { Codec, Encoded } from './codec.js';
import { typeHintsOf, restoreTypes } from './json-type-hints.js';

/** The payload is what `JSON.stringify` makes of the value, ready to be a response body. What JSON loses stands in the types. */
export const jsonCodec: Codec = {
  name: 'json',
  form: 'text',

  encode(value: unknown): Encoded {
    const marks = typeHintsOf(value);
    const payload: string | undefined = JSON.stringify(
      value,
      marks.some(([, type]) => type === 'bigint') ? bigintAsText : undefined,
    );
    if (payload === undefined) throw new TypeError(`A ${typeof value} has no JSON text.`);
    return marks.length > 0 ? { payload, types: JSON.parse(JSON.stringify(marks, bigintAsText)) } : { payload };
  },

  decode({ payload, types }: Encoded): unknown {
    const plain: unknown = JSON.parse(payload);
    return types === undefined ? plain : restoreTypes(plain, types);
  },
};

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
