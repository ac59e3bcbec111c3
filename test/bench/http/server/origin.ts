import { type User, userWith } from './user.js';

/** The origin behind the caches. It counts calls, so that hits can be distinguished from loads, and answers at once. */
class Origin {
  /** How many orders its users have. */
  orders = 0;
  #loads = 0;
  #writes = 0;
  readonly #versions = new Map<string, number>();

  get loads(): number {
    return this.#loads;
  }

  get writes(): number {
    return this.#writes;
  }

  async find(id: string): Promise<User> {
    this.#loads += 1;
    return userWith(id, { version: this.#versions.get(id), orders: this.orders });
  }

  /** Gives the user its next version, so that a read shows whether the write has reached it. */
  async change(id: string): Promise<User> {
    this.#writes += 1;
    const version = (this.#versions.get(id) ?? 1) + 1;
    this.#versions.set(id, version);
    return userWith(id, { version, orders: this.orders });
  }
}

/** The origin of this process. */
export const origin = new Origin();
