/** Returns the upper bound of a text's memory in the engine, in bytes: two per UTF-16 code unit. */
export function textBytes(text: string): number {
  return 2 * text.length;
}
