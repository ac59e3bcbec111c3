import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Target } from './admin-client.js';

export const USAGE = `nuthatch: looks into the caches of a running application.

  nuthatch stats                                    counters of each cache
  nuthatch explain <url>                            what a GET of the URL finds, and why
  nuthatch explain --cache users.byId --key <key>   the same for a key: text, or JSON
  nuthatch invalidate --cache users.byId --key <key> --reason <text>
  nuthatch invalidate --tag users --reason <text>   add --dry-run to change nothing
  nuthatch doctor                                   what to change in Redis and in the policies
  nuthatch outbox migration <module …>              the SQL of the outbox, for the caches that compiled modules export.
                                                    Needs no application. --out <folder>, --schema <name>

  --url <url>            an instance. Default: NUTHATCH_URL, then http://localhost:3000
  --token-file <path>    a file with a token. Default: the token in NUTHATCH_TOKEN
  --json                 the answer as JSON
  --help

The application has to serve the API of @nuthatch/admin. Exit code 1: the request failed, or the doctor found a problem.
`;

/** A command with its arguments. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'stats' | 'doctor' }
  | { readonly name: 'explain'; readonly query: Readonly<Record<string, string>> }
  | { readonly name: 'invalidate'; readonly body: object }
  | OutboxMigrationCommand;

/** Writes the migration of the outbox. */
export interface OutboxMigrationCommand {
  readonly name: 'outbox migration';
  /** Compiled modules that export caches. */
  readonly modules: readonly string[];
  /** Where the two files are written. Without it, the statements are printed. */
  readonly folder: string | undefined;
  readonly schema: string | undefined;
}

export interface CommandLine {
  readonly command: Command;
  readonly target: Target;
  readonly json: boolean;
}

/** A command line that cannot be carried out. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/** Parses the arguments after the program's name. @throws {UsageError} with what to write instead. */
export function parseCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const { values, positionals } = parsed(args);
  const [name, ...rest] = positionals;
  const json = values.json ?? false;
  const url = values.url ?? environment['NUTHATCH_URL'] ?? 'http://localhost:3000';
  if (values.help || name === undefined || name === 'help')
    return { command: { name: 'help' }, target: { url, token: '' }, json };
  if (!URL.canParse(url)) throw new UsageError(`--url is "${url}". Write an address such as http://localhost:3000.`);
  const command = commandOf(name, rest, values);
  if (command.name === 'outbox migration') return { command, target: { url, token: '' }, json };
  const token = values['token-file'] === undefined ? environment['NUTHATCH_TOKEN'] : tokenIn(values['token-file']);
  if (!token) throw new UsageError('No token is set. Set NUTHATCH_TOKEN, or pass --token-file.');
  return { command, target: { url, token }, json };
}

type Options = ReturnType<typeof parsed>['values'];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        'token-file': { type: 'string' },
        cache: { type: 'string' },
        key: { type: 'string', multiple: true },
        tag: { type: 'string', multiple: true },
        reason: { type: 'string' },
        'dry-run': { type: 'boolean' },
        out: { type: 'string' },
        schema: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (cause) {
    // Node adds advice that does not fit this program.
    const [problem] = String(cause instanceof Error ? cause.message : cause).split('. ', 1);
    throw new UsageError(`${problem}. Run "nuthatch --help".`, { cause });
  }
}

function commandOf(name: string, rest: readonly string[], options: Options): Command {
  const { cache, key: keys = [], tag: tags = [], reason, 'dry-run': dryRun = false } = options;
  switch (name) {
    case 'stats':
    case 'doctor':
      return { name };
    case 'explain': {
      const [url] = rest;
      if (url !== undefined) return { name, query: { url } };
      const [key] = keys;
      if (cache === undefined || key === undefined)
        throw new UsageError('Write: nuthatch explain <url>, or --cache and --key.');
      return { name, query: { cache, key } };
    }
    case 'invalidate':
      if (keys.length > 0 && cache === undefined) throw new UsageError('A --key needs its --cache.');
      if (keys.length + tags.length === 0)
        throw new UsageError('Name what to invalidate: --cache and --key, or --tag.');
      if (reason === undefined) throw new UsageError('Add --reason: the audit log shows it.');
      return { name, body: { keys: keys.map((key) => ({ cache, key })), tags, reason, dryRun } };
    case 'outbox': {
      const [what, ...modules] = rest;
      if (what !== 'migration' || modules.length === 0)
        throw new UsageError(
          'Write: nuthatch outbox migration dist/users.cache.js, with each module that exports caches.',
        );
      return { name: 'outbox migration', modules, folder: options.out, schema: options.schema };
    }
    default:
      throw new UsageError(`"${name}" is no command. Run nuthatch --help.`);
  }
}

function tokenIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new UsageError(`The file ${path} of --token-file cannot be read.`, { cause });
  }
}
