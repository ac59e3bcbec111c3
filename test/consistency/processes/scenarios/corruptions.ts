import { decodeRecord } from '../../../../libs/cache/src/core/store/record-format.js';
import { forged } from '../../../../libs/cache/src/testing/forged-record.js';

/** Changes the text of a record that holds a value, as another program might. */
export type Corruption = (text: string) => string;

/** The beginning of a stored value, which is all that a script compares. */
export const FILL_ID = /^V\|[0-9a-f]{16}\|/;

const payloadAt = (text: string): number => text.lastIndexOf('{');

/** Replaces the payload as a program does that knows the format. */
const withPayload = (change: Corruption): Corruption =>
  forged((value) => {
    const { codec = 'json', payload = '' } = value.content ?? {};
    return { ...value, content: { codec, payload: change(payload) } };
  });

/** Changes the version of the policy. A text that is no value any more stays as it is. */
const withVersion =
  (schemaVersion: number): Corruption =>
  (text) =>
    decodeRecord(text).kind === 'value' ? forged((value) => ({ ...value, schemaVersion }))(text) : text;

/** Texts that no reader can use. */
export const UNUSABLE: Readonly<Record<string, Corruption>> = {
  nothing: () => '',
  'foreign text': () => '{"id":0,"version":0}',
  'half a fill id': (text) => text.slice(0, 9),
  'a fill id and no more': (text) => FILL_ID.exec(text)?.[0] ?? '',
  'half a header': (text) => text.slice(0, 25),
  'no payload': (text) => text.slice(0, payloadAt(text)),
  'half a payload': (text) => text.slice(0, -5),
  'a payload that is no JSON': (text) => `${text.slice(0, -5)}where`,
  'a header that is longer than the text': (text) => text.replace(/,json,\d+,/, ',json,99999,'),
  'tags that are none': (text) => text.replace(/\[\[.*\]\]/, (tags) => tags.replaceAll(/[[\]]/g, ' ')),
  'an older version of the policy': withVersion(0),
  'a newer version of the policy': withVersion(2),
  'the intent of a writer that does not exist': () => 'W|60000:0123456789abcdef',
};

/** Valid values that would change a prototype if a reader copied them key by key. */
export const PROTOTYPES: Readonly<Record<string, Corruption>> = {
  'in the payload': withPayload((json) => json.replace('{', '{"__proto__":{"polluted":true},')),
  'around the payload': withPayload((json) => json.replace('{', '{"constructor":{"prototype":{"polluted":true}},')),
};
