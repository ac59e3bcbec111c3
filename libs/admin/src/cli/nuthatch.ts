#!/usr/bin/env node
import { AdminApiError, callAdmin, type Target } from './admin-client.js';
import { type Command, parseCommandLine, USAGE, UsageError } from './command-line.js';
import { reportOf } from './report.js';

try {
  const { command, target, json } = parseCommandLine(process.argv.slice(2), process.env);
  if (command.name === 'help') {
    process.stdout.write(USAGE);
  } else if (command.name === 'outbox migration') {
    // Loaded here, because the other commands need no part of the cache library.
    const { writeOutboxMigration } = await import('./outbox-migration.js');
    process.stdout.write(await writeOutboxMigration(command));
  } else {
    const answer = await run(command, target);
    if (json) process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    const { text, failed } = reportOf(command.name, answer);
    if (!json) process.stdout.write(text);
    if (failed) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof AdminApiError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function run(
  command: Exclude<Command, { readonly name: 'help' | 'outbox migration' }>,
  target: Target,
): Promise<unknown> {
  switch (command.name) {
    case 'explain':
      return callAdmin(target, `explain?${new URLSearchParams(command.query).toString()}`);
    case 'invalidate':
      return callAdmin(target, 'invalidations', command.body);
    case 'stats':
    case 'doctor':
      return callAdmin(target, command.name);
  }
}
