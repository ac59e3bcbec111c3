/** More than a process loads at once. A lease or a lock that is not released expires. */
const MAX_RELEASES = 1_000;

/**
 * Releases of leases that Redis has not acknowledged. Other processes wait for what is held, so each is sent once more on
 * the next connection: the server may have closed the last one before it executed the release, or with the reply that granted a lease.
 */
export class UnacknowledgedReleases {
  readonly #releases = new Map<string, () => Promise<unknown>>();

  /** Releasing what is no longer held must do nothing. */
  add(recordKey: string, token: string, release: () => Promise<unknown>): void {
    if (this.#releases.size < MAX_RELEASES) this.#releases.set(nameOf(recordKey, token), release);
  }

  acknowledged(recordKey: string, token: string): void {
    this.#releases.delete(nameOf(recordKey, token));
  }

  /** Call it once Redis is connected again. */
  sendAgain(): void {
    const releases = [...this.#releases.values()];
    this.#releases.clear();
    // A release that fails again adds itself.
    for (const release of releases) void release().catch(() => {});
  }
}

function nameOf(recordKey: string, token: string): string {
  return `${token} ${recordKey}`;
}
