/** The most memory that a text takes in the engine, in bytes: two for each UTF-16 unit. */
export function textBytes(text: string): number {
  return 2 * text.length;
}
