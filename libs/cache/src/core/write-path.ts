import type { Slot } from './ports.js';
import type { Tiers } from './tiers.js';

/** What a write does to the tiers. */
export class WritePath {
  constructor(
    private readonly tiers: Tiers,
    private readonly forget: (slot: Slot) => void,
  ) {}

  /** As {@link invalidate}, after a write that was made: a store that is away does not fail it, but is not passed over in silence. */
  async afterWrite(slots: readonly Slot[], tags: readonly string[]): Promise<void> {
    try {
      await this.invalidate(slots, tags);
    } catch (error) {
      this.tiers.warn(`A write was made, but its old entries may be served until their TTL ends: ${String(error)}`);
    }
  }

  /** Removes the slots, then gives the tags new versions. @throws what the store threw first, after everything was tried. */
  async invalidate(slots: readonly Slot[], tags: readonly string[]): Promise<void> {
    slots.forEach(this.forget);
    const { store, clock } = this.tiers;
    // Keys before tags: a list that is loaded anew under the new version must not find an old item.
    const removed = await Promise.allSettled(slots.map((slot) => store.delete(slot)));
    const replaced = await Promise.allSettled(tags.map((tag) => store.replaceTag(tag, clock.id())));
    // Once more: a read that began before the delete may have brought the old entry back to this process meanwhile.
    slots.forEach(this.forget);
    const failed = [...removed, ...replaced].find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
