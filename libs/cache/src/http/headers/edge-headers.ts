import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../core/clock.js';
import type { OutboxStatus } from '../../core/coherence/outbox-status.js';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import type { ReadResult } from '../../core/read-result.js';

/** The part of a route that is for a CDN: how long it may use an answer, in seconds. */
interface EdgeRoute {
  readonly edgeSeconds: number | undefined;
}

/** Names answers so that a CDN can purge them. */
export interface EdgeTagging {
  /** Returns the headers of an answer that the CDN may use for these seconds, unless one of these names is purged. */
  headersOf(names: readonly string[], seconds: number): Readonly<Record<string, string>>;
}

/**
 * An answer that leaves for a CDN has every change that was committed before this time ago, in milliseconds. A CDN is purged again once
 * no older answer can arrive, so this time bounds how long an old one stays there. Polls of the outbox are 200 ms apart.
 */
export const LONGEST_UNKNOWN_MS = 400;

const APPLIED_AT = Symbol('AppliedAt');

/** A request with the time before which every change was applied when its read began. */
type Started = IncomingMessage & { [APPLIED_AT]?: number | undefined };

/**
 * Adds the headers for a CDN to the answers that it may keep. An answer whose read took long, or whose process follows the outbox late,
 * may be older than a purge that has been sent already. It leaves without these headers, and the next one has them.
 */
export class EdgeHeaders {
  #tagging: EdgeTagging | undefined;

  constructor(
    private readonly outbox: Pick<OutboxStatus, 'appliedAt'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Lets answers have the headers. Without it, none has them. */
  enable(tagging: EdgeTagging): void {
    this.#tagging = tagging;
  }

  /** Notes which changes are applied. Call it before the read of a request. */
  begin(request: Started): void {
    if (this.#tagging) request[APPLIED_AT] ??= this.outbox.appliedAt;
  }

  /** Returns the headers for the result of a read; `undefined` if a CDN must not keep it. */
  of(
    { edgeSeconds }: EdgeRoute,
    { names }: KeyedEntry<unknown>,
    { status }: ReadResult<unknown>,
    request: Started,
  ): Readonly<Record<string, string>> | undefined {
    const appliedAt = request[APPLIED_AT];
    if (edgeSeconds === undefined || appliedAt === undefined) return undefined;
    // A stale value has expired already, and a value that bypassed the cache may be from before a write that is under way.
    if (status !== 'hit' && status !== 'miss') return undefined;
    if (this.clock.now() - appliedAt > LONGEST_UNKNOWN_MS) return undefined;
    return this.#tagging?.headersOf(names, edgeSeconds);
  }
}
