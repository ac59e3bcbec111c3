import { describe, expect, it } from 'vitest';
import { codesOf, moduleOptions, optionsOf, scriptOf } from './reference.mjs';

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

  it('tells the options of the bases in the same text, before those of the interface', () => {
    const text = `
      interface Base {
        /** What it is called. */
        name: string;
      }
      export interface Policy extends Base, Pick<Other, 'key'> {
        /** How long it lives. */
        ttl: Duration;
      }`;
    expect(optionsOf(text, 'Policy')).toMatchObject([{ name: 'name' }, { name: 'ttl' }]);
  });

  it('rejects an option without a doc comment, and an unknown interface', () => {
    expect(() => optionsOf(policy('readonly name: string;'), 'Policy')).toThrow('Policy.name has no doc comment');
    expect(() => optionsOf('', 'Policy')).toThrow('There is no exported interface Policy');
  });
});

describe(moduleOptions, () => {
  it('finds the type of the options that forRoot takes', () => {
    const text = `  static forRoot(options: AdminOptions): DynamicModule {
  static forRoot({ serve = 'route', ...content }: MetricsOptions = {}): DynamicModule {
  static forRoot(options: RedisOptions | null): DynamicModule {`;
    expect(moduleOptions(text)).toEqual(['AdminOptions', 'MetricsOptions', 'RedisOptions']);
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

  it('rejects a code without a doc comment', () => {
    expect(() => codesOf("export type Code =\n  /** Too many. */\n  | 'A'\n  | 'B';\n", 'Code')).toThrow(
      'Code "B" has no doc comment',
    );
    expect(() => codesOf("export type Code =\n  | 'A'\n  | 'B';\n", 'Code')).toThrow('Code "A" has no doc comment');
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
