/**
 * The scripts as pure functions of one record. `value` is whatever the model stores: a row's version, a tag's version.
 *
 * Tokens are the names of those who drew them, so that traces read well and the state space stays finite.
 */
export type StoredRecord<Value> =
  | { readonly is: 'absent' }
  | { readonly is: 'L'; readonly token: string }
  | { readonly is: 'V'; readonly fillId: string; readonly value: Value }
  | { readonly is: 'W'; readonly tokens: readonly string[]; readonly marked: boolean };

export const ABSENT = { is: 'absent' } as const;

export function valueRecord<Value>(value: Value, fillId: string): StoredRecord<Value> {
  return { is: 'V', fillId, value };
}

/** Gives a lease to a reader that finds no value or an entry that it found to be invalid. Otherwise the record stays as it is. */
export function acquire<Value>(
  record: StoredRecord<Value>,
  token: string,
  invalidFillId?: string,
): StoredRecord<Value> {
  const free = record.is === 'absent' || (record.is === 'V' && record.fillId === invalidFillId);
  return free ? { is: 'L', token } : record;
}

export function holdsLease<Value>(record: StoredRecord<Value>, token: string): boolean {
  return record.is === 'L' && record.token === token;
}

export function fill<Value>(record: StoredRecord<Value>, token: string, value: Value): StoredRecord<Value> {
  return holdsLease(record, token) ? valueRecord(value, token) : record;
}

export function release<Value>(record: StoredRecord<Value>, token: string): StoredRecord<Value> {
  return holdsLease(record, token) ? ABSENT : record;
}

export function intent<Value>(record: StoredRecord<Value>, token: string): StoredRecord<Value> {
  if (record.is !== 'W') return { is: 'W', tokens: [token], marked: false };
  return { is: 'W', tokens: [...record.tokens, token].toSorted(), marked: true };
}

/** Ends a write. Its value is stored only when nothing else fell between its INTENT and here. */
export function done<Value>(record: StoredRecord<Value>, token: string, value?: Value): StoredRecord<Value> {
  if (record.is !== 'W') return ABSENT;
  const tokens = record.tokens.filter((other) => other !== token);
  if (tokens.length > 0) return { is: 'W', tokens, marked: true };
  return record.marked || value === undefined ? ABSENT : valueRecord(value, token);
}

export function invalidate<Value>(record: StoredRecord<Value>): StoredRecord<Value> {
  return record.is === 'W' ? { ...record, marked: true } : ABSENT;
}

/** Returns a record in W with the mark that it had before a step: the step of a rule that does not mark. */
export function withMarkOf<Value>(before: StoredRecord<Value>, after: StoredRecord<Value>): StoredRecord<Value> {
  return after.is === 'W' ? { ...after, marked: before.is === 'W' && before.marked } : after;
}

/** The end of one token's life: the last one takes the record with it. */
export function tokenExpires<Value>(record: StoredRecord<Value>, token: string): StoredRecord<Value> {
  if (record.is !== 'W') return record;
  const tokens = record.tokens.filter((other) => other !== token);
  return tokens.length > 0 ? { ...record, tokens } : ABSENT;
}
