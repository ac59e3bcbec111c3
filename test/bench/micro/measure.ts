import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Answer, Row, Scenario } from './scenario.js';
import { origin, userWith } from './users.js';

export interface Sample {
  readonly operationsPerSecond: number;
  /** Processor time of this process for one operation, in microseconds. */
  readonly cpuMicros: number;
  /** Redis commands per operation. */
  readonly redisCommands: number;
}

export interface Measured extends Pick<Row, 'name' | 'kind'> {
  /** One per round. */
  readonly samples: readonly Sample[];
}

export interface Measuring {
  readonly rounds: number;
  readonly roundMs: number;
  /** Returns how many commands Redis has executed. */
  readonly commandCount: () => Promise<number>;
}

/** A loop of hits blocks all other work. Without a pause for the heartbeat, the cache would stop trusting L1. */
const BREATH_MS = 20;

/** Measures all rows in turn, round after round, so that a slow moment of the machine affects all alike. */
export async function measureInTurn(
  scenario: Scenario,
  rows: readonly Row[],
  measuring: Measuring,
): Promise<readonly Measured[]> {
  for (const row of rows) await settle(scenario, row);
  const samples = new Map<Row, Sample[]>(rows.map((row) => [row, []]));
  for (let round = 0; round <= measuring.rounds; round += 1) {
    for (const [row, seen] of samples) {
      const sample = await measure(scenario, row, measuring);
      // The first round warms up the engine.
      if (round > 0) seen.push(sample);
    }
  }
  return [...samples].map(([{ name, kind }, seen]) => ({ name, kind, samples: seen }));
}

/** Waits until the row answers right, and from its cache if it should. */
async function settle(scenario: Scenario, row: Row): Promise<void> {
  await eventually(async () => {
    const before = origin.loads;
    check(scenario, await row.run());
    checkLoads(scenario, row, { operations: 1, loads: origin.loads - before });
  });
}

function check({ keys }: Scenario, answer: Answer): void {
  const users = [answer].flat();
  deepStrictEqual(
    users,
    users.map((user) => userWith(user?.id ?? '')),
  );
  if (users.length !== keys) throw new Error(`It returned ${users.length} values, not ${keys}.`);
}

function checkLoads(
  { loads, keys }: Scenario,
  { name }: Row,
  seen: { readonly operations: number; readonly loads: number },
): void {
  const wanted = loads ? seen.operations * keys : 0;
  if (seen.loads !== wanted)
    throw new Error(`${name} loaded ${seen.loads} values in ${seen.operations} operations, not ${wanted}.`);
}

/** Each caller awaits one operation after the other, as a handler does. */
async function measure(scenario: Scenario, row: Row, { roundMs, commandCount }: Measuring): Promise<Sample> {
  await pause(BREATH_MS);
  const [loads, commands, cpu] = [origin.loads, await commandCount(), process.cpuUsage()];
  const startedAt = performance.now();
  const calls = Array.from({ length: scenario.callers }, () => callRepeatedly(scenario, row, startedAt + roundMs));
  const operations = (await Promise.all(calls)).reduce((sum, one) => sum + one, 0);
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  checkLoads(scenario, row, { operations, loads: origin.loads - loads });
  return {
    operationsPerSecond: (operations / elapsedMs) * 1_000,
    cpuMicros: (user + system) / operations,
    redisCommands: ((await commandCount()) - commands) / operations,
  };
}

async function callRepeatedly({ batch }: Scenario, { run }: Row, endsAt: number): Promise<number> {
  let operations = 0;
  while (performance.now() < endsAt) {
    for (let index = 0; index < batch; index += 1) await run();
    operations += batch;
  }
  return operations;
}
