/** How a payload is written to the store: as text, or as bytes, of which a string here holds one in each character. */
export type PayloadForm = 'text' | 'binary';

/** A value in its stored form. */
export interface Encoded {
  readonly payload: string;
  /** What the payload alone does not say, as plain JSON. */
  readonly types?: unknown;
}

/**
 * How the values of a cache are written to its slots. A slot names its codec, so what another release wrote in JSON is still read
 * after a cache has changed to another codec; what nobody here can read is a miss.
 */
export interface Codec {
  /** Up to 16 lower-case letters, stored with each value. */
  readonly name: string;
  readonly form: PayloadForm;
  /** @throws when the value has no such form: it is handed out then, not stored. */
  encode(value: unknown): Encoded;
  /**
   * Makes a new value at each call. What it does not read is not stored.
   * @throws when it is not what {@link encode} wrote.
   */
  decode(encoded: Encoded): unknown;
}
