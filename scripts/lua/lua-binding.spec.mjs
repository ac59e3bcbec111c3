import { describe, expect, it } from 'vitest';
import { bindingOf } from './lua-binding.mjs';

const header = '-- Gives a lease back.\n-- KEYS    slot\n-- ARGV    token\n-- RETURNS 1 given back, 0 not\n';
const body = "local slot, token = KEYS[1], ARGV[1]\nreturn redis.call('DEL', slot .. token)\n";
const lines = (count) => header + body + 'local _ = 1\n'.repeat(count - 6);
const binding = (text) => bindingOf('give-back.lua', text, 'abc');

describe(bindingOf, () => {
  it('names keys and arguments as the header does, in order', () => {
    const bound = binding(header + body);
    expect(bound).toContain("export const giveBack: RedisScript<'slot', 'token'> = {");
    expect(bound).toContain('/** Gives a lease back. */');
    expect(bound).toContain("sha1: 'abc'");
    expect(bound).toContain(JSON.stringify(header + body));
  });

  it('accepts a script without keys or arguments', () => {
    expect(binding('-- Says hello.\n-- RETURNS 1\nreturn 1\n')).toContain('RedisScript<never, never>');
  });

  it.each([
    [
      'names a key that the body never reads',
      header.replace('slot', 'slot other'),
      /KEYS names other, which the body never reads/,
    ],
    [
      'names an argument that the body never reads',
      header.replace('token', 'token life'),
      /ARGV names life, which the body never reads/,
    ],
    [
      'does not name a key that the body reads',
      header.replace('-- KEYS    slot\n', ''),
      /reads 1 KEYS, but the header names 0/,
    ],
    [
      'does not name an argument that the body reads',
      header.replace('-- ARGV    token\n', ''),
      /reads 1 ARGV, but the header names 0/,
    ],
    ['has no line about the returned value', header.replace(/-- RETURNS.*\n/, ''), /has no RETURNS line/],
  ])('rejects a header that %s', (_, lying, fault) => {
    expect(() => binding(lying + body)).toThrow(fault);
  });

  it('rejects a script of 41 lines, and accepts one of 40', () => {
    expect(() => binding(lines(41))).toThrow(/41 lines/);
    expect(() => binding(lines(40))).not.toThrow();
  });
});
