import type { RedisClient } from '@nuthatch/redis';

/** A Lua script with the names of its keys and arguments, in order. */
export interface RedisScript<Key extends string, Argument extends string> {
  readonly name: string;
  readonly sha1: string;
  readonly keys: readonly Key[];
  readonly args: readonly Argument[];
  readonly text: string;
}

export type ScriptArgument = string | number | Buffer;

/** Runs a script by its SHA-1, or by its text if the server has not cached it. */
export async function runScript<Key extends string, Argument extends string>(
  client: RedisClient,
  script: RedisScript<Key, Argument>,
  keys: Readonly<Record<Key, string>>,
  args: Readonly<Record<Argument, ScriptArgument>>,
): Promise<unknown> {
  const options = {
    keys: script.keys.map((key) => keys[key]),
    // The driver takes strings and buffers only.
    arguments: script.args.map((name): string | Buffer =>
      Buffer.isBuffer(args[name]) ? args[name] : String(args[name]),
    ),
  };
  try {
    return await client.evalSha(script.sha1, options);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(script.text, options);
  }
}
