import type { RedisClient } from '@nuthatch/redis';

/** A Lua script that takes one step for each of its keys, with the names of the arguments of a step, in order. */
export interface RedisScript<Argument extends string> {
  readonly name: string;
  readonly sha1: string;
  readonly args: readonly Argument[];
  readonly repliesPerStep: 1 | 2;
  readonly text: string;
  /** Whether the names of the records are arguments, after their number, and not keys. */
  readonly undeclared?: boolean;
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
 * The first reply of a step that failed is an `Error`; the other steps were taken all the same. Steps that all have the same arguments
 * send them once.
 */
export async function runScript<Argument extends string>(
  client: Sender,
  script: RedisScript<Argument>,
  steps: readonly ScriptStep<Argument>[],
  options?: ReplyOptions,
): Promise<readonly unknown[]> {
  const command = commandOf(script, steps);
  try {
    return await client.sendCommand<readonly unknown[]>(command, options);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.sendCommand<readonly unknown[]>(['EVAL', script.text, ...command.slice(2)], options);
  }
}

/** As {@link runScript}, on records of any hash slots of a cluster: their names are no keys. */
export function runUndeclared<Argument extends string>(
  client: Sender,
  script: RedisScript<Argument>,
  steps: readonly ScriptStep<Argument>[],
  options?: ReplyOptions,
): Promise<readonly unknown[]> {
  return runScript(client, { ...script, undeclared: true }, steps, options);
}

/** Returns the command: the names of the records, and then the arguments. */
function commandOf<Argument extends string>(
  { sha1, args: names, undeclared }: RedisScript<Argument>,
  steps: readonly ScriptStep<Argument>[],
): (string | Buffer)[] {
  const command: (string | Buffer)[] = ['EVALSHA', sha1];
  if (undeclared) command.push('0');
  command.push(String(steps.length));
  for (const { recordKey } of steps) command.push(recordKey);
  const [first] = steps;
  const isShared = (args: ScriptStep<Argument>['args']): boolean =>
    args === first?.args || names.every((name) => args[name] === first?.args[name]);
  const shared = steps.length > 1 && steps.every(({ args }) => isShared(args));
  for (const { args } of shared ? steps.slice(0, 1) : steps) {
    for (const name of names) {
      const value: ScriptArgument = args[name];
      command.push(typeof value === 'number' ? String(value) : value);
    }
  }
  return command;
}
