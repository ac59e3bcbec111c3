import type { Codec, Encoded } from './codec.js';
import { restoreTypes, typeHintsOf } from './json-type-hints.js';
import type { HintedType } from './revivers.js';

/** Encodes with `JSON.stringify`, so the payload is ready to be a response body. Type hints restore what JSON loses. */
export const jsonCodec: Codec = {
  name: 'json',
  form: 'text',

  encode(value: unknown): Encoded {
    const hints = typeHintsOf(value);
    // A replacer makes JSON.stringify several times slower, so only values with a bigint have one.
    const replacer = hints.some(([, type]) => BIGINTS.has(type)) ? bigintToText : undefined;
    const payload = textOf(value, JSON.stringify(value, replacer));
    return hints.length > 0 ? { payload, types: JSON.parse(JSON.stringify(hints, bigintToText)) } : { payload };
  },

  decode({ payload, types }: Encoded): unknown {
    const plain: unknown = JSON.parse(payload);
    return types === undefined ? plain : restoreTypes(plain, types);
  },
};

const BIGINTS: ReadonlySet<HintedType> = new Set(['bigint', 'BigInt64Array', 'BigUint64Array']);

/** Returns the JSON text of any value, with each bigint as a text. @throws {TypeError} if it has none. */
export function jsonText(value: unknown): string {
  try {
    return textOf(value, JSON.stringify(value));
  } catch {
    return textOf(value, JSON.stringify(value, bigintToText));
  }
}

/** Returns the value unchanged if JSON restores it or cannot represent it, else the value that its JSON text represents. */
export function asJsonSays(value: unknown): unknown {
  try {
    typeHintsOf(value);
    return value;
  } catch {
    try {
      return JSON.parse(jsonText(value));
    } catch {
      return value;
    }
  }
}

function textOf(value: unknown, text: string | undefined): string {
  if (text === undefined) throw new TypeError(`A value of the type ${typeof value} has no JSON text.`);
  return text;
}

function bigintToText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
