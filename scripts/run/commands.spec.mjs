import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { commands } from './commands.mjs';
import { helpOf } from './help/help-text.mjs';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = Object.keys(scripts).filter((name) => !/^(pre|post)/.test(name));

describe('commands', () => {
  it('describes every script of package.json, and no other', () => {
    expect(Object.keys(commands).toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('package.json runs "%s" by the table, so that it answers --help', (name) => {
    expect(scripts[name].replace(/^exec /, '')).toBe(`node scripts/run/command.mjs ${name}`);
  });

  it.each(names)('the example of "%s" runs the command itself', (name) => {
    expect(commands[name].example).toMatch(new RegExp(`\\bnpm (run (--silent )?)?${name}( --|$)`));
    expect(commands[name].about).toMatch(/^[A-Z].+\.$/);
  });
});

describe(helpOf, () => {
  it('has a sentence, the usage, an example and a line per option', () => {
    expect(helpOf('seed').split('\n')).toEqual([
      'Migrates the configured database and adds users to it.',
      '',
      'Usage:    [VARIABLE=value …] npm run seed -- [options]',
      'Example:  npm run seed -- --users 500',
      '',
      '  --users <n>                 the number of users; 10000 by default',
      '  DATABASE_URL=postgres://…   fills this PostgreSQL instead of the embedded database',
    ]);
  });

  it('is what a command with --help prints, without running its program', async () => {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['scripts/run/command.mjs', 'format', '--help'], { cwd: root });
    expect(stdout).toBe(`${helpOf('format')}\n`);
  });
});
