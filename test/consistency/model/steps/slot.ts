/**
 * The scripts as pure functions of one slot. `value` is whatever the model stores: a row's version, a tag's version.
 *
 * Tokens are the names of those who drew them, so that traces read well and the state space stays finite.
 */
export type Slot<Value> =
  | { readonly is: 'absent' }
  | { readonly is: 'L'; readonly token: string }
  | { readonly is: 'V'; readonly fillId: string; readonly value: Value }
  | { readonly is: 'W'; readonly tokens: readonly string[]; readonly marked: boolean };

export const ABSENT = { is: 'absent' } as const;

export function valueSlot<Value>(value: Value, fillId: string): Slot<Value> {
  return { is: 'V', fillId, value };
}

/** Gives a lease to a reader that finds no value or an entry that it found to be invalid. Otherwise the slot stays as it is. */
export function acquire<Value>(slot: Slot<Value>, token: string, invalidFillId?: string): Slot<Value> {
  const free = slot.is === 'absent' || (slot.is === 'V' && slot.fillId === invalidFillId);
  return free ? { is: 'L', token } : slot;
}

export function holdsLease<Value>(slot: Slot<Value>, token: string): boolean {
  return slot.is === 'L' && slot.token === token;
}

export function fill<Value>(slot: Slot<Value>, token: string, value: Value): Slot<Value> {
  return holdsLease(slot, token) ? valueSlot(value, token) : slot;
}

export function release<Value>(slot: Slot<Value>, token: string): Slot<Value> {
  return holdsLease(slot, token) ? ABSENT : slot;
}

export function intent<Value>(slot: Slot<Value>, token: string): Slot<Value> {
  if (slot.is !== 'W') return { is: 'W', tokens: [token], marked: false };
  return { is: 'W', tokens: [...slot.tokens, token].toSorted(), marked: true };
}

/** Ends a write. Its value is stored only when nothing else fell between its INTENT and here. */
export function done<Value>(slot: Slot<Value>, token: string, value?: Value): Slot<Value> {
  if (slot.is !== 'W') return ABSENT;
  const tokens = slot.tokens.filter((other) => other !== token);
  if (tokens.length > 0) return { is: 'W', tokens, marked: true };
  return slot.marked || value === undefined ? ABSENT : valueSlot(value, token);
}

export function invalidate<Value>(slot: Slot<Value>): Slot<Value> {
  return slot.is === 'W' ? { ...slot, marked: true } : ABSENT;
}

/** The end of one token's life: the last one takes the slot with it. */
export function tokenExpires<Value>(slot: Slot<Value>, token: string): Slot<Value> {
  if (slot.is !== 'W') return slot;
  const tokens = slot.tokens.filter((other) => other !== token);
  return tokens.length > 0 ? { ...slot, tokens } : ABSENT;
}
