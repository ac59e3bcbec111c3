import { describe, expect, it } from 'vitest';
import { codesOf, optionsOf, scriptOf } from './reference.mjs';

const policy = (members) => `export interface Policy<K> {\n${members}\n}`;

describe(optionsOf, () => {
  it('tells name, type, default and meaning', () => {
    const text = policy(`
      /** What it is called. */
      readonly name: string;
      /**
       * How long it lives,
       * as {@link Duration} says.
       * @default '30s'
       */
      readonly ttl?: Duration;
      /** What invalidates it. @default nothing */
      tags?(key: K): readonly string[];`);
    expect(optionsOf(text, 'Policy')).toEqual([
      { name: 'name', type: 'string', fallback: 'required', meaning: 'What it is called.' },
      { name: 'ttl', type: 'Duration', fallback: "`'30s'`", meaning: 'How long it lives, as `Duration` says.' },
      { name: 'tags', type: '(key: K) => readonly string[]', fallback: 'nothing', meaning: 'What invalidates it.' },
    ]);
  });

  it('refuses an option that says nothing, and an interface that is not there', () => {
    expect(() => optionsOf(policy('readonly name: string;'), 'Policy')).toThrow('Policy.name says nothing');
    expect(() => optionsOf('', 'Policy')).toThrow('no interface Policy');
  });
});

describe(codesOf, () => {
  it('tells each code and when', () => {
    const text = "export type Code =\n  /** Too many. */\n  | 'A'\n  /**\n   * Too\n   * few.\n   */\n  | 'B';\n";
    expect(codesOf(text, 'Code')).toEqual([
      { code: 'A', meaning: 'Too many.' },
      { code: 'B', meaning: 'Too few.' },
    ]);
  });

  it('refuses a code that says nothing', () => {
    expect(() => codesOf("export type Code =\n  /** Too many. */\n  | 'A'\n  | 'B';\n", 'Code')).toThrow(
      '"B" says nothing',
    );
    expect(() => codesOf("export type Code =\n  | 'A'\n  | 'B';\n", 'Code')).toThrow('"A" says nothing');
  });
});

describe(scriptOf, () => {
  it('tells what the header says', () => {
    const text = '-- Gives it back.\n-- KEYS    slot\n-- ARGV    token life\n-- RETURNS 1 given back\nreturn 1\n';
    expect(scriptOf(text)).toEqual({
      what: 'Gives it back.',
      keys: '`slot`',
      args: '`token` `life`',
      returns: '1 given back',
    });
  });
});
