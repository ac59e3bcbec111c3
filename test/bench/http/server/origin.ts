import { type User, userWith } from './user.js';

/** What stands behind the caches. It counts, so that a hit can be told from a load. */
class Origin {
  #loads = 0;

  get loads(): number {
    return this.#loads;
  }

  async find(id: string): Promise<User> {
    this.#loads += 1;
    return userWith(id);
  }
}

/** Of this process. */
export const origin = new Origin();
