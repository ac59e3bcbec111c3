import { parseArgs } from 'node:util';

const most = 1_000_000;

/** The arguments of `npm run seed` are invalid. */
export class SeedArgumentsInvalid extends Error {
  override readonly name = 'SeedArgumentsInvalid';
  readonly code = 'SEED_ARGUMENTS_INVALID';

  constructor(problem: string) {
    super(`${problem}\nUsage: npm run seed -- --users 10000   (1 to ${most}; default 10000)`);
  }
}

/** Returns the number of users to seed. @throws SeedArgumentsInvalid */
export function seedArguments(args: readonly string[]): number {
  const text = usersOption(args);
  const users = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(users >= 1 && users <= most))
    throw new SeedArgumentsInvalid(`--users is "${text}". Write a number from 1 to ${most}.`);
  return users;
}

function usersOption(args: readonly string[]): string {
  try {
    return parseArgs({ args: [...args], options: { users: { type: 'string', default: '10000' } } }).values.users;
  } catch (error) {
    throw new SeedArgumentsInvalid(error instanceof Error ? error.message : String(error));
  }
}
