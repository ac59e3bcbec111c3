import { describe, expect, it } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.js';

const environment = { NUTHATCH_TOKEN: 'token' };
const commandOf = (...args: string[]) => parseCommandLine(args, environment).command;

describe(parseCommandLine, () => {
  it('reads each command with its arguments', () => {
    expect(commandOf('stats')).toEqual({ name: 'stats' });
    expect(commandOf('doctor')).toEqual({ name: 'doctor' });
    expect(commandOf('explain', '/users/1')).toEqual({ name: 'explain', query: { url: '/users/1' } });
    expect(commandOf('explain', '--cache', 'a', '--key', 'b')).toEqual({
      name: 'explain',
      query: { cache: 'a', key: 'b' },
    });
    const invalidate = [
      'invalidate',
      '--cache',
      'a',
      '--key',
      'b',
      '--key',
      'c',
      '--tag',
      't',
      '--reason',
      'r',
      '--dry-run',
    ];
    expect(commandOf(...invalidate)).toEqual({
      name: 'invalidate',
      body: {
        keys: [
          { cache: 'a', key: 'b' },
          { cache: 'a', key: 'c' },
        ],
        tags: ['t'],
        reason: 'r',
        dryRun: true,
      },
    });
  });

  it('prefers an option to the environment, and the environment to the default', () => {
    expect(parseCommandLine(['stats'], environment).target).toEqual({ url: 'http://localhost:3000', token: 'token' });
    const set = { ...environment, NUTHATCH_URL: 'http://a' };
    expect(parseCommandLine(['stats'], set).target.url).toBe('http://a');
    expect(parseCommandLine(['stats', '--url', 'http://b'], set).target.url).toBe('http://b');
  });

  it('needs no token and no address for the migration of the outbox', () => {
    const { command } = parseCommandLine(['outbox', 'migration', 'a.js', 'b.js', '--out', 'sql', '--schema', 's'], {});
    expect(command).toEqual({ name: 'outbox migration', modules: ['a.js', 'b.js'], folder: 'sql', schema: 's' });
  });

  it('needs no token for help', () => {
    expect(parseCommandLine([], {}).command).toEqual({ name: 'help' });
    expect(parseCommandLine(['stats', '--help'], {}).command).toEqual({ name: 'help' });
  });

  it.each([
    ['no token', ['stats'], {}, 'Set NUTHATCH_TOKEN'],
    ['an unknown command', ['flush'], environment, '"flush" is no command'],
    ['an unknown option', ['stats', '--force'], environment, `Unknown option '--force'. Run "nuthatch --help".`],
    ['an address that is none', ['stats', '--url', 'localhost'], environment, 'http://localhost:3000'],
    ['a token file that is not there', ['stats', '--token-file', '/nowhere/token'], {}, '/nowhere/token'],
    ['an explanation of nothing', ['explain'], environment, 'nuthatch explain <url>'],
    ['an invalidation of nothing', ['invalidate', '--reason', 'r'], environment, 'Name what to invalidate'],
    ['an invalidation without a reason', ['invalidate', '--tag', 't'], environment, '--reason'],
    ['a migration of no module', ['outbox', 'migration'], {}, 'nuthatch outbox migration dist'],
    ['a key without its cache', ['invalidate', '--key', 'k', '--reason', 'r'], environment, '--cache'],
  ])('throws for %s, with the fix', (_, args, given, message) => {
    expect(() => parseCommandLine(args, given)).toThrow(UsageError);
    expect(() => parseCommandLine(args, given)).toThrow(message);
  });
});
