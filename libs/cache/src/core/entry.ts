/**
 * A value as the cache keeps it: the JSON text that is replayed as a response body, and the value, decoded on first use and
 * frozen, because every reader shares it. Without a text it is known that there is no value.
 */
export class Entry<V> {
  #value: V | undefined;
  #decoded = false;

  constructor(
    readonly json: string | undefined,
    readonly etag: string | undefined,
  ) {}

  get value(): V | undefined {
    if (!this.#decoded) {
      this.#value = this.json === undefined ? undefined : deepFreeze(JSON.parse(this.json));
      this.#decoded = true;
    }
    return this.#value;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
