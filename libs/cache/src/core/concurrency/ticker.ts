import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.js';

/** Calls `act` every `ms` milliseconds while there is work: from {@link start} until `act` returns `false`. */
export class Ticker {
  /** A timer keeps the async context in which it starts, and with it a request. This one starts in the context of the ticker. */
  readonly #inOwnContext = AsyncLocalStorage.snapshot();
  #stop: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly act: () => boolean,
  ) {}

  /** Starts the timer, unless it is running. */
  start(): void {
    this.#stop ??= this.#inOwnContext(() => this.clock.every(this.ms, () => this.#tick()));
  }

  #tick(): void {
    if (this.act()) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}
