import type { Clock } from '../core/clock.js';

/** What the caches need of the server besides answers to their reads. */
export type ServerUse = 'write' | 'store' | 'subscribe';

/**
 * Decides whether the server may be read. A server that refuses writes still answers reads, with values that a refused
 * invalidation should have removed.
 */
export class ReadGate {
  readonly #refusals = new Map<ServerUse, string>();
  #checking = false;
  #opensAt = Number.NEGATIVE_INFINITY;
  #isReadable: () => boolean = () => true;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    /**
     * How long the gate stays closed after a refusal has ended or the server has changed, in milliseconds. The other processes apply
     * their pending invalidations meanwhile.
     */
    private readonly settlingMs: number,
  ) {}

  get open(): boolean {
    return !this.#checking && this.clock.now() >= this.#opensAt && this.#isReadable();
  }

  /** Also closes the gate whenever `isReadable` returns `false`. */
  restrict(isReadable: () => boolean): void {
    this.#isReadable = isReadable;
  }

  /** The server's own word, such as `MISCONF`, while it refuses something that the caches need. */
  get refusal(): string | undefined {
    const [first] = this.#refusals.values();
    return first;
  }

  get checking(): boolean {
    return this.#checking;
  }

  /** Closes the gate until {@link endCheck}. */
  beginCheck(): void {
    this.#checking = true;
  }

  endCheck(): void {
    this.#checking = false;
  }

  /** Records a refusal. A refused write closes the gate. Returns whether the refusal, or its word, is new. */
  refuse(use: ServerUse, word: string): boolean {
    const isNew = this.#refusals.get(use) !== word;
    this.#refusals.set(use, word);
    if (use === 'write') this.#opensAt = Number.POSITIVE_INFINITY;
    return isNew;
  }

  /** Ends a refusal. */
  accept(use: ServerUse): void {
    if (!this.#refusals.delete(use) || use !== 'write') return;
    this.#opensAt = Number.NEGATIVE_INFINITY;
    this.settle();
  }

  /** Keeps the gate closed until the other processes have had time to apply their pending invalidations. */
  settle(): void {
    this.#opensAt = Math.max(this.#opensAt, this.clock.now() + this.settlingMs);
  }
}
