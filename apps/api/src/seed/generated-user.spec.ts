import { describe, expect, it } from 'vitest';
import { createUserSchema, userId } from '../users/users.dto.js';
import { SeedArgumentsInvalid, seedArguments } from './seed-arguments.js';
import { generatedUser } from './generated-user.js';

describe(generatedUser, () => {
  const users = Array.from({ length: 5_000 }, (_, index) => generatedUser(index));

  it('is the same on every run', () => {
    expect(generatedUser(42)).toEqual(generatedUser(42));
    expect(generatedUser(0)).toMatchInlineSnapshot(`
      {
        "created_at": 2025-01-01T00:00:13.396Z,
        "email": "farid.abebe.0@example.org",
        "id": "01941f29-b054-7577-8b9d-a674943f19e7",
        "name": "Farid Abebe",
        "updated_at": 2025-01-01T00:00:13.396Z,
      }
    `);
  });

  it('is valid for the API and has a unique id and address', () => {
    for (const { id, name, email } of users) {
      expect(createUserSchema.parse({ name, email })).toMatchObject({ name, email });
      expect(userId.parse(id)).toBe(id);
    }
    expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
    expect(new Set(users.map(({ email }) => email)).size).toBe(users.length);
  });

  it('sorts by id in the order of its index', () => {
    expect(users.map(({ id }) => id).toSorted()).toEqual(users.map(({ id }) => id));
  });
});

describe(seedArguments, () => {
  it('returns 10,000 users by default', () => {
    expect(seedArguments([])).toBe(10_000);
    expect(seedArguments(['--users', '5'])).toBe(5);
    expect(seedArguments(['--users=7'])).toBe(7);
  });

  it.each([
    ['--users', '0'],
    ['--users', '1e3'],
    ['--users', '-5'],
    ['--users', '1000001'],
    ['--users'],
    ['--user', '5'],
    ['5'],
  ])('refuses %s %s', (...args) => {
    expect(() => seedArguments(args)).toThrow(SeedArgumentsInvalid);
  });
});
