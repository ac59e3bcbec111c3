import type { RedisClient } from '@nuthatch/redis';

/** A Lua script that takes one step for each of its keys, with the names of the arguments of a step, in order. */
export interface RedisScript<Argument extends string> {
  readonly name: string;
  readonly sha1: string;
  readonly args: readonly Argument[];
  readonly repliesPerStep: 1 | 2;
  readonly text: string;
}

export type ScriptArgument = string | number | Buffer;

/** One step: its record and its arguments. */
export interface ScriptStep<Argument extends string> {
  readonly recordKey: string;
  readonly args: Readonly<Record<Argument, ScriptArgument>>;
}

/** How the driver returns the strings of a reply. */
export type ReplyOptions = NonNullable<Parameters<RedisClient['sendCommand']>[1]>;

/** Sends a command. */
export type Sender = Pick<RedisClient, 'sendCommand'>;

/**
 * Runs a script by its SHA-1, or by its text if the server has not cached it. Resolves to the replies of all steps, in their order.
 * The first reply of a step that failed is an `Error`; the other steps were taken all the same. Steps with one and the same object of arguments
 * send it once.
 */
export async function runScript<Argument extends string>(
  client: Sender,
  script: RedisScript<Argument>,
  steps: readonly ScriptStep<Argument>[],
  options?: ReplyOptions,
): Promise<readonly unknown[]> {
  const words: (string | Buffer)[] = ['EVALSHA', script.sha1, String(steps.length)];
  for (const { recordKey } of steps) words.push(recordKey);
  const [first] = steps;
  const shared = steps.length > 1 && steps.every(({ args }) => args === first?.args);
  for (const { args } of shared ? steps.slice(0, 1) : steps) {
    for (const name of script.args) {
      const value: ScriptArgument = args[name];
      words.push(typeof value === 'number' ? String(value) : value);
    }
  }
  try {
    return await client.sendCommand<readonly unknown[]>(words, options);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.sendCommand<readonly unknown[]>(['EVAL', script.text, ...words.slice(2)], options);
  }
}
