import calculateSlot from 'cluster-key-slot';

/** Returns the hash slot of a key: from 0 to 16383, by the part between braces if the key has one. */
export function slotOf(key: string): number {
  return calculateSlot(key);
}
