import calculateSlot from 'cluster-key-slot';

/** More keys than the reads of a moment have. */
const MAX_SLOTS = 10_000;
/** The slots of the last keys: a read needs the slot of its key, and of each of its tags, several times. */
const slots = new Map<string, number>();

/** Returns the hash slot of a key: from 0 to 16383, by the part between braces if the key has one. */
export function slotOf(key: string): number {
  const known = slots.get(key);
  if (known !== undefined) return known;
  if (slots.size >= MAX_SLOTS) slots.clear();
  const slot = calculateSlot(key);
  slots.set(key, slot);
  return slot;
}
