/** A write that instances compare their answers with. It is sent to the other instances as JSON. */
export interface Sample {
  /** The instance that wrote. */
  readonly from: string;
  /** The record that was stored when the write began. Its remaining life is the clock of the sample. */
  readonly marker: string;
  /** How long the marker took to be stored, in milliseconds: the write began up to so long before it. */
  readonly markedWithinMs: number;
  readonly recordKeys: readonly string[];
}

/** Returns `undefined` for a message of another program or release. */
export function parseSample(text: string): Sample | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isSample(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isSample(value: unknown): value is Sample {
  if (typeof value !== 'object' || value === null) return false;
  const member = (name: string): unknown => Reflect.get(value, name);
  const recordKeys = member('recordKeys');
  return (
    typeof member('from') === 'string' &&
    typeof member('marker') === 'string' &&
    typeof member('markedWithinMs') === 'number' &&
    Array.isArray(recordKeys) &&
    recordKeys.every((recordKey) => typeof recordKey === 'string')
  );
}
