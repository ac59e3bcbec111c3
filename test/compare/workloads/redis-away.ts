import { setTimeout as pause } from 'node:timers/promises';
import { freshKey, type Run, withProcesses } from '../processes.js';
import { type DeleteAnswer, NO_ANSWER } from '../process/commands.js';
import { nameOf, type SetUp } from '../contender.js';
import { eachSetUp } from './each-set-up.js';
import { lookFor, type Seen, worstOfRounds } from './watch-value.js';
import { duration, table } from '../figures/table.js';
import type { Workload } from './workload.js';

const NOTICED_MS = 300;
const RECONNECTED_MS = 3_000;
const ROUNDS = 3;

interface Round {
  readonly deleted: DeleteAnswer;
  /** What the deleting process and another process read once Redis is back. */
  readonly first: Seen;
  readonly other: Seen;
  readonly uncaught: number;
}

/** The result of several rounds. */
interface Result {
  readonly answers: readonly string[];
  readonly longestMs: number;
  readonly first: Seen;
  readonly other: Seen;
  readonly uncaught: number;
}

const HEADINGS = [
  '',
  '`delete` answers',
  '>after at most',
  'then the deleting process reads',
  'another process reads',
  '>uncaught errors',
];

/** Changes a row and deletes its entry while Redis refuses connections. Redis then accepts connections again, with all its data. */
export const redisAway: Workload = {
  name: 'redis-away',
  async compare(run) {
    const { rows, ours, peers, faults } = await eachSetUp(run, {
      purpose: 'faulty',
      atOnce: 3,
      measure: async (setUp) => {
        const rounds: Round[] = [];
        // Which process reconnects first is a matter of chance.
        while (rounds.length < (run.quick ? 1 : ROUNDS)) rounds.push(await deleteMeanwhile(run, setUp));
        return resultOf(rounds);
      },
      cellsOf,
    });
    const answering = (how: (answer: string) => boolean) => peers.filter(([, { answers }]) => answers.some(how));
    const lied = answering((answer) => answer === 'true').filter(([, { first, other }]) => isStale(first, other));
    const silent = answering((answer) => answer.startsWith(NO_ANSWER));
    return {
      table: table(HEADINGS, rows),
      inShort:
        `While Redis refuses connections, \`delete\` returns \`true\` in ${lied.length} of ${peers.length} peer set-ups, which then serve the deleted value, ` +
        `and does not return in ${silent.length}. With Nuthatch it returns \`pending\`, and no process serves the value once Redis is back.`,
      faults: [...faults, ...ours.flatMap(faultsOf)],
    };
  },
};

async function deleteMeanwhile(run: Run, setUp: SetUp): Promise<Round> {
  return withProcesses(run, setUp, { processes: 2, proxied: true }, async ({ first, other, proxies }) => {
    const key = freshKey();
    await first.send('read', { key });
    await other.send('read', { key });
    proxies.forEach((proxy) => (proxy.refuse(), proxy.cut()));
    await pause(NOTICED_MS);
    await first.send('change', key);
    const withinMs = run.quick ? 3_000 : 15_000;
    const deleted = await first.send('delete', { key, withinMs }, withinMs + 5_000);
    await Promise.all(proxies.map((proxy) => proxy.accept()));
    await pause(RECONNECTED_MS);
    const look = { key, forMs: run.quick ? 1_000 : 5_000 };
    const [byFirst, byOther] = await Promise.all([lookFor(1, first, look), lookFor(1, other, look)]);
    const { uncaught } = await first.send('status', undefined);
    return { deleted, first: byFirst, other: byOther, uncaught };
  });
}

function resultOf(rounds: readonly Round[]): Result {
  return {
    answers: [...new Set(rounds.map(({ deleted }) => deleted.answer))],
    longestMs: Math.max(...rounds.map(({ deleted }) => deleted.tookMs)),
    first: worstOfRounds(rounds.map(({ first }) => first)),
    other: worstOfRounds(rounds.map(({ other }) => other)),
    uncaught: Math.max(...rounds.map(({ uncaught }) => uncaught)),
  };
}

function cellsOf({ answers, longestMs, first, other, uncaught }: Result): string[] {
  const answered = answers.map((answer) => (answer.startsWith(NO_ANSWER) ? answer : `\`${answer}\``)).join(', ');
  return [answered, duration(longestMs), first.text, other.text, String(uncaught)];
}

function isStale(...seen: readonly Seen[]): boolean {
  return seen.some(({ sight }) => sight === 'stale');
}

function faultsOf([setUp, { answers, first, other, uncaught }]: readonly [SetUp, Result]): string[] {
  const faults = [
    ...answers.filter((answer) => answer !== '"pending"').map((answer) => `delete answered ${answer}`),
    ...(first.sight === 'new' ? [] : [`the deleting process reads ${first.text}`]),
    ...(other.sight === 'new' ? [] : [`another process reads ${other.text}`]),
    ...(uncaught === 0 ? [] : [`${uncaught} uncaught errors`]),
  ];
  return faults.map((fault) => `${nameOf(setUp)}: ${fault}`);
}
