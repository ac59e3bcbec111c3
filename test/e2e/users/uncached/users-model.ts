import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { userEtags } from '../../../../apps/api/src/users/user.js';
import type { KnownTags } from './conditions.js';
import type { Change, Who } from './steps.js';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
const UNKNOWN: Who = 3;

export const addressOf = (email: number): string => `person${email}@example.org`;

/** The state of an API without a cache: the live users. It takes ids and times from the answers, because only the API makes them. */
export class UsersModel {
  readonly #ids: string[] = [];
  readonly #live = new Map<string, User>();

  idOf(who: Who): string {
    return who === UNKNOWN ? unknownId : (this.#ids[who % this.#ids.length] ?? unknownId);
  }

  find(id: string): User | undefined {
    return this.#live.get(id);
  }

  holderOf(email: number): User | undefined {
    return [...this.#live.values()].find((user) => user.email === addressOf(email));
  }

  /** Returns the live users, the oldest first, ordered by id within a millisecond. */
  all(): User[] {
    const place = ({ createdAt, id }: User): string => `${createdAt} ${id}`;
    return [...this.#live.values()].toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
  }

  /** Returns the entity tags of a user, also of a deleted or unknown one. */
  tagsOf(id: string): KnownTags {
    const version = this.#live.get(id)?.version ?? 1;
    return { weak: false, now: userEtags.of(version), before: userEtags.of(version - 1) };
  }

  isTaken(change: Change, by?: string): boolean {
    const holder = change.email === undefined ? undefined : this.holderOf(change.email);
    return holder !== undefined && holder.id !== by;
  }

  /** Checks the answer of a POST and adds the new user. */
  created(answered: User, { name, email = 0 }: Change): void {
    const { id, createdAt } = answered;
    match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    ok(!this.#ids.includes(id), 'the id belongs to another user');
    this.#take(answered, {
      id,
      name: name ?? '',
      email: addressOf(email),
      version: 1,
      createdAt,
      updatedAt: createdAt,
    });
    this.#ids.push(id);
  }

  /** Checks the answer of a PUT or PATCH and replaces the user. */
  changed(id: string, answered: User, { name, email }: Change): void {
    const before = this.#live.get(id);
    ok(before, 'the user does not exist');
    const { updatedAt } = answered;
    ok(updatedAt >= before.updatedAt, 'updatedAt goes backwards');
    // A PATCH without members changes nothing (RFC 7396).
    if (name === undefined && email === undefined) return this.#take(answered, before);
    this.#take(answered, {
      ...before,
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email: addressOf(email) }),
      version: before.version + 1,
      updatedAt,
    });
  }

  removed(id: string): void {
    ok(this.#live.delete(id));
  }

  #take(answered: User, expected: User): void {
    deepEqual(answered, expected);
    equal(new Date(answered.createdAt).toISOString(), answered.createdAt);
    equal(new Date(answered.updatedAt).toISOString(), answered.updatedAt);
    this.#live.set(answered.id, answered);
  }
}
