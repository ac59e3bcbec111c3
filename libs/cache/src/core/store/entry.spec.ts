import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../codec/json-codec.js';
import { weakEtag } from '../policy/etag.js';
import { Entry } from './entry.js';

const packed = { ...jsonCodec, name: 'packed' };

describe(Entry.name, () => {
  it('has the JSON text that JSON stored, and none from another codec', () => {
    const stored = { payload: '{"n":1}' };
    expect(new Entry(stored, undefined).json).toBe('{"n":1}');
    expect(new Entry(stored, undefined, packed).json).toBeUndefined();
  });

  it('has the strong tag of its policy, or else a weak one of its JSON text', () => {
    const stored = { payload: '{"n":1}' };
    expect(new Entry(stored, 'v1').etag).toBe('"v1"');
    expect(new Entry(stored, undefined).etag).toBe(weakEtag('{"n":1}'));
  });

  it('has no entity tag without a JSON text', () => {
    expect(new Entry({ payload: '{"n":1}' }, 'v1', packed).etag).toBeUndefined();
    expect(new Entry(undefined, undefined).etag).toBeUndefined();
  });

  it('shares a value that it froze, and decodes a value with a date for each reader', () => {
    const frozen = new Entry<{ list: readonly unknown[] }>({ payload: '{"list":[{}]}' }, undefined);
    expect(frozen.value).toBe(frozen.value);
    expect(Object.isFrozen(frozen.value?.list[0])).toBe(true);
    const dated = new Entry(jsonCodec.encode({ at: new Date(1), list: [] }), undefined);
    expect(dated.value).not.toBe(dated.value);
    expect(dated.value).toEqual({ at: new Date(1), list: [] });
  });

  it('is readable if its stored form can be decoded', () => {
    expect(new Entry({ payload: '1' }, undefined).readable).toBe(true);
    expect(new Entry({ payload: '{' }, undefined).readable).toBe(false);
    expect(new Entry(undefined, undefined).readable).toBe(true);
  });
});
