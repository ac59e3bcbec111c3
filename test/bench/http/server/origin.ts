import { type User, userWith } from './user.js';

/** The origin behind the caches. It counts calls, so that hits can be distinguished from loads. */
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

/** The origin of this process. */
export const origin = new Origin();
