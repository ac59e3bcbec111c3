import type { Insertable } from 'kysely';
import type { UsersTable } from '../database/schema.js';
import { uuidV7 } from '../database/uuid-v7.js';
import { givenNames, familyNames } from './names.js';

const start = Date.UTC(2025, 0, 1);
const minute = 60_000;

/** The user number `index`: the same on every run and on every machine, so that seeding twice adds nothing. */
export function seededUser(index: number): Insertable<UsersTable> {
  const random = randomNumbers(index);
  const given = pick(givenNames, random());
  const family = pick(familyNames, random());
  // Each at its own minute, give or take; so ids, like real ones, sort as the users were made.
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

/** `Åsa` is `asa` before the @: decomposed, the marks are no letters. */
function mailable(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');
}

/** mulberry32: small, fast and the same everywhere, which Math.random is not. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
