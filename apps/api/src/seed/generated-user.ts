import type { Insertable } from 'kysely';
import type { UsersTable } from '../database/schema.js';
import { uuidV7 } from '../database/uuid-v7.js';
import { givenNames, familyNames } from './names.js';

const start = Date.UTC(2025, 0, 1);
const minute = 60_000;

/** Returns the user of an index, the same in every run, so that a second seed adds nothing. */
export function generatedUser(index: number): Insertable<UsersTable> {
  const random = randomNumbers(index);
  const given = pick(givenNames, random());
  const family = pick(familyNames, random());
  // About one minute apart, so that ids sort in the order of creation.
  const createdAt = new Date(start + index * minute + Math.floor(random() * minute));
  const entropy = Uint8Array.from({ length: 10 }, () => random() * 256);
  return {
    id: uuidV7(createdAt.getTime(), entropy),
    name: `${given} ${family}`,
    email: `${mailable(given)}.${mailable(family)}.${index}@example.org`,
    created_at: createdAt,
    updated_at: createdAt,
  };
}

function pick(words: readonly string[], at: number): string {
  return words[Math.floor(at * words.length)] ?? '';
}

/** Returns a name in ASCII, `asa` for `Åsa`, without the marks of its decomposed form. */
function mailable(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');
}

/** mulberry32, a generator with the same numbers in every run, unlike Math.random. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
