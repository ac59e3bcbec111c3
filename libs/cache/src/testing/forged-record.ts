import { decodeRecord, encodeValue, type RecordValue } from '../core/store/record-format.js';

/** Returns a function that changes the value in the text of a record as a program does that knows the format and its checksum. */
export function forged(change: (value: RecordValue) => RecordValue): (text: string) => string {
  return (text) => {
    const state = decodeRecord(text);
    if (state.kind !== 'value') throw new Error(`The record is no value: ${text}`);
    return encodeValue(change(state.value));
  };
}

/** As {@link forged}, for another payload. */
export function withPayload(payload: string): (text: string) => string {
  return forged((value) => ({ ...value, content: { codec: 'json', ...value.content, payload } }));
}
