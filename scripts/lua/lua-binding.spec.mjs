import { describe, expect, it } from 'vitest';
import { bindingOf } from './lua-binding.mjs';

const header = '-- Gives a lease back.\n-- KEYS    slot\n-- ARGV    token\n-- RETURNS 1 given back, 0 not\n';
const body = "local slot, token = KEYS[1], ARGV[1]\nreturn redis.call('DEL', slot .. token)\n";
const lines = (count) => header + body + 'local _ = 1\n'.repeat(count - 6);
const binding = (text) => bindingOf('give-back.lua', text);

describe(bindingOf, () => {
  it('names the arguments as the header does, in order', () => {
    const bound = binding(header + body);
    expect(bound).toContain("export const giveBack: RedisScript<'token'> = {");
    expect(bound).toContain('/** Gives a lease back. */');
    expect(bound).toMatch(/sha1: '[\da-f]{40}'/);
  });

  it('accepts a script without arguments', () => {
    const bound = binding("-- Says hello.\n-- KEYS    slot\n-- RETURNS 1\nreturn redis.call('DEL', KEYS[1])\n");
    expect(bound).toContain('RedisScript<never>');
  });

  it('takes a script with a loop of its own as it is, with two replies per step', () => {
    const looping = (header + body).replace('-- KEYS    slot', '-- KEYS    slot ...');
    const bound = binding(looping);
    expect(bound).toContain(JSON.stringify(looping));
    expect(bound).toContain('repliesPerStep: 2');
    expect(binding(header + body)).toContain('repliesPerStep: 1');
  });

  it('publishes once, if the step publishes', () => {
    const publishing = body.replace('return ', "publish('channel', token)\nreturn ");
    expect(binding(header + publishing)).toContain('cjson.encode(messages)');
    expect(binding(header + body)).not.toContain('PUBLISH');
  });

  it('keeps the flags on the first line, and takes the step once per key', () => {
    const bound = binding(`#!lua flags=allow-oom\n${header}${body}`);
    const [text = ''] = /(?<=text: ).*(?=,\n)/.exec(bound) ?? [];
    const script = JSON.parse(text).split('\n');
    expect(script.slice(0, 3)).toEqual([
      '#!lua flags=allow-oom',
      'local function step(key, arg1)',
      '-- Gives a lease back.',
    ]);
    expect(script).toContain('for at = 1, #keys do');
  });

  it.each([
    ['has two keys', header.replace('slot', 'slot other') + body.replace('slot ..', 'KEYS[2] ..'), /KEYS names 2 keys/],
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
