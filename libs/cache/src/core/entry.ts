/**
 * A value as the cache keeps it: the JSON text that is replayed as a response body, and the value, decoded on first use and
 * frozen, because every reader shares it.
 */
export class Entry<V> {
  #value: V | undefined;
  #decoded = false;

  constructor(
    readonly json: string,
    readonly etag: string | undefined,
  ) {}

  get value(): V {
    if (!this.#decoded) {
      this.#value = deepFreeze(JSON.parse(this.json));
      this.#decoded = true;
    }
    return this.#value!;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
