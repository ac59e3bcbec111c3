/** After so many deletions, and as many as there are entries, the map starts over. */
const MAX_DELETED = 250;

/**
 * A map of what is in progress, whose entries come and go all the time.
 *
 * V8 rewrites the table of a `Map` that is full of deleted entries, and links the former table to the next one. Once one of these tables
 * is in the old generation, all that follow get there too, with everything that was in progress then: the garbage collector took a tenth
 * of the processor time of a hit in Redis. A new map has no such link.
 */
export class ShortLivedMap<K, V> {
  #map = new Map<K, V>();
  #deleted = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.set(key, value);
  }

  delete(key: K): void {
    if (!this.#map.delete(key)) return;
    this.#deleted += 1;
    if (this.#deleted < MAX_DELETED + this.#map.size) return;
    this.#map = new Map(this.#map);
    this.#deleted = 0;
  }

  /** Returns the entries of this moment, in the order in which they were set first. */
  entries(): readonly (readonly [K, V])[] {
    return [...this.#map];
  }
}
