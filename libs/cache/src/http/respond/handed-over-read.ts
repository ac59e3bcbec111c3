import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoadAbandoned } from '../../core/context/load-abandoned.js';
import { LoadContext } from '../../core/context/load-context.js';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import type { ReadResult } from '../../core/read-result.js';
import type { RouteCache } from '../route/cached-route.js';
import type { Audience, RequestEntry } from '../route/request-key.js';

/** The read is a property of the request itself: a table of requests would burden the garbage collector. */
export const HANDED_OVER_READ = Symbol('HandedOverRead');

/** A request that may carry its read. */
export type Carrier = IncomingMessage & { [HANDED_OVER_READ]?: HandedOverRead };

/** Runs work in the context of a load. */
type InLoad = <T>(work: () => T) => T;

/** How the interceptor runs the handler of its request. */
export interface Handler {
  run(inLoad: InLoad): Promise<unknown>;
  /** Runs the handler once the response was sent. */
  runInBackground(inLoad: InLoad): Promise<unknown>;
}

/** The route of a request, its entry and its requester, and the step that continues the request in Nest's pipeline. */
export interface ReadStart {
  readonly cached: RouteCache;
  readonly entry: KeyedEntry<unknown>;
  readonly audience: RequestEntry['audience'];
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly enterPipeline: () => void;
}

/**
 * The read of a request that began before Nest's pipeline. Its load continues the request in the pipeline, where the interceptor
 * takes the read over and runs the handler: a hit never enters the pipeline, and a miss is one read all the same.
 *
 * The load is abandoned when the response ends before the interceptor is reached, because a hook of the application answered or the
 * client left. The reads that share the load then start the next one.
 *
 * The trap: the first hook computes the key. A later hook that changes parameters, the query or a header of the key changes the
 * handler's answer, not its entry.
 */
export class HandedOverRead {
  readonly cached: RouteCache;
  readonly entry: KeyedEntry<unknown>;
  readonly result: Promise<ReadResult<unknown>>;
  #start: ReadStart | undefined;
  /** Made by a load or a refresh: a hit needs no handler. */
  #handler: PromiseWithResolvers<Handler> | undefined;
  /** Whether the interceptor answers, because its handler loads or refreshes the entry. */
  needsPipeline = false;
  #state: 'outside' | 'waiting' | 'taken' | 'abandoned' = 'outside';

  constructor(start: ReadStart) {
    this.#start = start;
    this.cached = start.cached;
    this.entry = start.entry;
    this.result = start.entry.read(
      () => this.#load(),
      () => {
        this.needsPipeline = true;
        this.#handler ??= Promise.withResolvers<Handler>();
        const { promise } = this.#handler;
        return async () => {
          const inLoad = LoadContext.capture();
          return (await promise).runInBackground(inLoad);
        };
      },
    );
  }

  /**
   * Lets `handler` load for the read, and returns `true`. Returns `false` for a read that was taken over or abandoned before. Abandons
   * the read and returns `false` when the audience has changed: a hook in between identified the requester, whose entry is another one,
   * or none.
   */
  takeOver(audience: Audience, handler: Handler): boolean {
    if (this.#state !== 'waiting') return false;
    if (audience !== this.#start?.audience) {
      this.#abandon();
      return false;
    }
    this.#state = 'taken';
    this.#handler?.resolve(handler);
    // The garbage collector may free the request before the read: otherwise both outlive several collections, at a sixth of a miss.
    this.#handler = undefined;
    this.#start = undefined;
    return true;
  }

  /** Continues the request in the pipeline, once. */
  enterPipeline(): void {
    const start: (ReadStart & { readonly incoming: Carrier }) | undefined = this.#start;
    if (this.#state !== 'outside' || !start) return;
    this.#state = 'waiting';
    this.needsPipeline = true;
    const { incoming, outgoing, enterPipeline } = start;
    incoming[HANDED_OVER_READ] = this;
    // An HTTP/2 response has no `destroyed`.
    if (outgoing.destroyed || outgoing.writableEnded) this.#abandon();
    else outgoing.once('close', () => this.#state === 'waiting' && this.#abandon());
    // Hooks and the interceptor run outside of the load, which contains the handler only.
    LoadContext.runDetached(enterPipeline);
  }

  /** Gives the load up. The interceptor, if it is still reached, begins a read of its own. */
  #abandon(): void {
    this.#state = 'abandoned';
    // A refresh that never begins waits for no handler.
    this.#handler?.promise.catch(() => {});
    this.#handler?.reject(new LoadAbandoned());
  }

  async #load(): Promise<unknown> {
    const inLoad = LoadContext.capture();
    this.#handler ??= Promise.withResolvers<Handler>();
    const { promise } = this.#handler;
    this.enterPipeline();
    return (await promise).run(inLoad);
  }
}
