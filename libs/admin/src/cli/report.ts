import { z } from 'zod';
import { AdminApiError } from './admin-client.js';
import type { Command } from './command-line.js';
import { explanation, explanationText } from './explanation-text.js';

/** The text of an answer for a terminal, and whether the exit code says that something is wrong. */
export interface Report {
  readonly text: string;
  readonly failed: boolean;
}

const stats = z.looseObject({
  scope: z.string(),
  pending: z.number(),
  channel: z.looseObject({ connected: z.boolean() }),
  caches: z.record(
    z.string(),
    z.looseObject({
      gets: z.number(),
      hitRatio: z.number(),
      misses: z.number(),
      loads: z.number(),
      errors: z.number(),
    }),
  ),
});
const invalidation = z.looseObject({ scope: z.string(), applied: z.string().nullable(), found: z.array(explanation) });
const advice = z.array(z.object({ level: z.string(), about: z.string(), finding: z.string(), fix: z.string() }));

type Reported = Exclude<Command['name'], 'help' | 'outbox migration'>;

/** Returns the report of an answer of the admin API. @throws {AdminApiError} for an answer of another release. */
export function reportOf(command: Reported, answer: unknown): Report {
  try {
    return report(command, answer);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    const problem = `The answer to "${command}" is of another release of @nuthatch/admin.`;
    throw new AdminApiError(`${problem} Run the command of that release.`, { cause });
  }
}

function report(command: Reported, answer: unknown): Report {
  switch (command) {
    case 'stats':
      return { text: statsText(stats.parse(answer)), failed: false };
    case 'explain':
      return { text: explanationText(explanation.parse(answer)), failed: false };
    case 'invalidate': {
      const { scope, applied, found } = invalidation.parse(answer);
      const result = applied === null ? 'dry run: nothing was invalidated' : `${applied}, in ${scope}`;
      return { text: `${result}\n${found.map(explanationText).join('')}`, failed: false };
    }
    case 'doctor': {
      const found = advice.parse(answer);
      const lines = found.map(({ level, about, finding, fix }) => `${level}: ${about}: ${finding}\n  ${fix}\n`);
      return { text: lines.join('') || 'Nothing to change.\n', failed: found.some(({ level }) => level === 'problem') };
    }
  }
}

function statsText({ scope, channel, pending, caches }: z.output<typeof stats>): string {
  const header = ['cache', 'gets', 'hit ratio', 'misses', 'loads', 'errors'];
  const rows = Object.entries(caches).map(([name, { gets, hitRatio, misses, loads, errors }]) => [
    name,
    `${gets}`,
    `${(hitRatio * 100).toFixed(1)} %`,
    `${misses}`,
    `${loads}`,
    `${errors}`,
  ]);
  const widths = header.map((title, place) => Math.max(title.length, ...rows.map((row) => row[place]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell, place) => (place === 0 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0))).join('  ')}\n`;
  const state = `writes reach ${scope}, channel ${channel.connected ? 'verified' : 'NOT verified'}, ${pending} invalidations pending\n`;
  return [header, ...rows].map(line).join('') + state;
}
