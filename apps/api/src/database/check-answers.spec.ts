import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { describe, expect, it } from 'vitest';
import { checkAnswers } from './check-answers.js';

function givenDatabase(row: object): Kysely<unknown> {
  const connection = { executeQuery: async () => ({ rows: [row] }), async *streamQuery() {} };
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => Object.assign(new DummyDriver(), { acquireConnection: async () => connection }),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

describe(checkAnswers, () => {
  it.each([true, false])('returns readOnly: %s', async (readOnly) => {
    const time = new Date('2001-02-03T04:05:06.007Z');
    expect(await checkAnswers(givenDatabase({ time, readOnly }))).toEqual({ readOnly });
  });

  it.each([
    // pg parses 03.02.2001 as null, and 02/03/2001 by the order of months and days of this machine.
    { time: null },
    { time: new Date('2001-03-02T04:05:06.007Z') },
  ])('rejects an answer with $time', async ({ time }) => {
    await expect(checkAnswers(givenDatabase({ time, readOnly: false }))).rejects.toThrow('DateStyle must be ISO');
  });
});
