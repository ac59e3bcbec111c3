import { describe, expect, it } from 'vitest';
import { edgeNames } from './edge-names.js';

describe(edgeNames, () => {
  it('makes short digests that need the secret, so that names reveal neither keys nor tags', () => {
    const [one, other] = [edgeNames('one'), edgeNames('other')];
    expect(one('app:c:users:7')).toMatch(/^[\w-]{22}$/);
    expect(one('app:c:users:7')).toBe(edgeNames('one')('app:c:users:7'));
    expect(new Set([one('app:c:users:7'), one('app:c:users:8'), other('app:c:users:7')]).size).toBe(3);
  });

  it.each(['a b', 'a,b', 'a"b', 'ü', '\ud800', 'a\nb'])(
    'escapes the character of %j that separates names or that no header may have',
    (text) => {
      expect(edgeNames(undefined)(text)).toMatch(/^[\x21\x23-\x2b\x2d-\x7e]+$/);
    },
  );
});
