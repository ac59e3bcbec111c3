/** How a payload is written to the store: as text, or as bytes. Here, bytes are a string with one byte per character. */
export type PayloadForm = 'text' | 'binary';

/** A value in its stored form. */
export interface Encoded {
  readonly payload: string;
  /** Type information that the payload lacks, as plain JSON. */
  readonly types?: unknown;
}

/**
 * Converts the values of a cache to and from their stored form. A record names its codec, so JSON from an earlier release is
 * still read after a cache changes to another codec. A record of any other codec is a miss.
 */
export interface Codec {
  /** Up to 16 lower-case letters, stored with each value. */
  readonly name: string;
  /** How payloads of this codec are written to the store. */
  readonly form: PayloadForm;
  /** Encodes a value. @throws if it has no stored form: the value is then returned to the caller and not stored. */
  encode(value: unknown): Encoded;
  /**
   * Decodes to a new value on each call. A value that it does not restore, so that a hit would differ from a miss, is not stored.
   * @throws if {@link encode} did not write the input.
   */
  decode(encoded: Encoded): unknown;
}
