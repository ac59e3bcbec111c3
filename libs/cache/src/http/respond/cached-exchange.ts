import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHandler } from '@nestjs/common';
import { catchError, from, lastValueFrom, type Observable, throwError } from 'rxjs';
import { asJsonSays } from '../../core/codec/json-codec.js';
import { LoadContext } from '../../core/context/load-context.js';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import type { ReadResult } from '../../core/read-result.js';
import type { RouteCache } from '../route/cached-route.js';
import {
  type Audience,
  audienceOf,
  type KeyedRequest,
  REQUESTER_ONLY,
  requestEntry,
  sharedEntryAt,
} from '../route/request-key.js';
import { headersSent } from './after-headers.js';
import { cacheStatus, CREDENTIALS_STATUS, recordResult, X_CACHE } from './cache-outcome.js';
import type { HandedOverRead } from './handed-over-read.js';
import { nextBatch } from './request-batching.js';
import { type HttpResponse, ResponseSnapshot } from './response-snapshot.js';
import { hasValue, type ResponseWriter } from './response-writer.js';

/** The parts that the requests of Fastify and Express have in common. */
export interface HttpRequest extends KeyedRequest {
  readonly method: string;
}

/** Answers one request of a cached route in Nest's pipeline. */
export class CachedExchange {
  /** The requesters that may receive the answer, before the handler runs. */
  #audience: Audience = REQUESTER_ONLY;
  /** Why the handler's answer is sent unchanged and not stored; `undefined` if it may be stored. */
  #uncacheable: string | undefined;
  /** The response as it was before the handler failed. */
  #beforeFailure: ResponseSnapshot | undefined;

  constructor(
    private readonly cached: RouteCache,
    private readonly request: HttpRequest,
    private readonly server: {
      readonly incoming: IncomingMessage;
      readonly outgoing: ServerResponse;
      readonly response: HttpResponse;
      readonly writer: ResponseWriter;
    },
    private readonly next: CallHandler,
  ) {
    // Express would evaluate the preconditions again, by its own rules.
    if ('fresh' in request) Object.defineProperty(request, 'fresh', { value: false });
  }

  /** Answers with the result of `read`, which began before the pipeline; without one, with the entry in L1 or the result of a read. */
  answer(read: HandedOverRead | undefined): Observable<unknown> {
    const answered = read ? this.#resume(read) : nextBatch().then(() => this.#answer());
    return from(answered).pipe(catchError((error: unknown) => this.#fail(error)));
  }

  /** Answers with an error. Forbids caches to store it, unless the code that threw it has set `Cache-Control`. */
  #fail(error: unknown): Observable<never> {
    const { outgoing, writer } = this.server;
    if (!outgoing.headersSent) writer.defaults({ 'cache-control': 'no-store' });
    return throwError(() => error);
  }

  #answer(): unknown {
    const found = requestEntry(this.cached, this.request);
    if (!found) return this.#bypassForCredentials();
    const { entry, audience } = found;
    this.#audience = audience;
    if (!entry) return this.#bypass();
    this.cached.edge?.begin(this.server.incoming);
    const inMemory = entry.getFromMemory();
    return inMemory ? this.#respond(entry, inMemory) : this.#read(entry);
  }

  async #resume(read: HandedOverRead): Promise<unknown> {
    this.#audience = audienceOf(this.cached.route, this.request);
    // The handler runs in the load, and in the async context of its pipeline: spans and request scopes are there.
    const inPipeline = AsyncLocalStorage.snapshot();
    const isTaken = read.takeOver(this.#audience, {
      run: (inLoad) => inPipeline(() => inLoad(() => this.#handle())),
      runInBackground: (inLoad) => inPipeline(() => inLoad(() => this.#handleInBackground())),
    });
    return isTaken ? this.#respond(read.entry, await read.result) : this.#answer();
  }

  /** Answers a request with credentials, whose response is neither taken from the entry that others share nor stored. */
  #bypassForCredentials(): Promise<unknown> {
    sharedEntryAt(this.cached, this.request)?.bypassForPrincipal();
    recordResult(this.server.incoming, this.cached.route, { status: 'bypass', tier: undefined, ageMs: 0 });
    return this.#bypass({ 'cache-status': CREDENTIALS_STATUS, 'x-cache': 'BYPASS' });
  }

  /** Answers with the handler's value, and stores nothing. */
  async #bypass(headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { writer } = this.server;
    writer.headers(headers);
    const value = await this.#handle();
    if (value === undefined || this.#uncacheable !== undefined) return writer.sendUnchanged(value);
    return writer.writeUncached(this.cached.route, value);
  }

  async #read(entry: KeyedEntry<unknown>): Promise<unknown> {
    const result = await entry.read(
      () => this.#handle(),
      () => () => this.#handleInBackground(),
    );
    return this.#respond(entry, result);
  }

  /**
   * Runs the handler, inside or outside of a load. Returns the value to store: the answer is a JSON text, so the plain object that the
   * text describes replaces an instance of a class.
   */
  async #handle(): Promise<unknown> {
    const before = new ResponseSnapshot(this.server.response);
    const value: unknown = await lastValueFrom(this.next.handle(), { defaultValue: undefined }).catch(
      (error: unknown) => {
        this.#beforeFailure = before;
        throw error;
      },
    );
    // Inner interceptors and pipes may have identified a requester that the key does not contain.
    const identified = audienceOf(this.cached.route, this.request) !== this.#audience;
    this.#uncacheable = identified
      ? 'an interceptor or a pipe inside of HttpCacheInterceptor identified the requester'
      : before.reasonNotToStore(value);
    if (this.#uncacheable !== undefined) {
      LoadContext.current?.markUncacheable(this.#uncacheable);
      return value;
    }
    const sent = asJsonSays(value);
    // An instance that a service loaded under the same key stays, and is not stored: its other callers would get the plain object on a hit only.
    return sent !== value && LoadContext.current?.returned(value) ? value : sent;
  }

  /** Runs the handler after the response was sent, so that the handler can no longer change the response. */
  async #handleInBackground(): Promise<unknown> {
    await headersSent(this.server.outgoing);
    return this.#handle();
  }

  /** Sets the headers and returns the body. */
  #respond(entry: KeyedEntry<unknown>, result: ReadResult<unknown>): unknown {
    const { route, edge } = this.cached;
    const { writer, incoming } = this.server;
    recordResult(incoming, route, result);
    // A stale value is sent instead of the handler's error.
    this.#beforeFailure?.restore();
    const status = this.server.response.statusCode;
    if (hasValue(result) && this.#uncacheable === undefined) {
      const details = { tags: entry.tags, status, edge: edge?.of(route, entry, result, incoming) };
      return writer.writeResult(route, result, details);
    }
    writer.headers({ 'cache-status': cacheStatus(result, status), 'x-cache': X_CACHE[result.status] });
    // The handler throws the module's own error for an absent value. If the handler reads this entry, the known absence is returned.
    if (isKnownAbsent(result)) return entry.knowingAbsence(async () => writer.sendUnchanged(await this.#handle()));
    return writer.sendUnchanged(result.answer.value);
  }
}

/** Returns whether the value is absent and the handler of this request has not run: the absence was stored, or loaded by another read. */
function isKnownAbsent(result: ReadResult<unknown>): boolean {
  return result.status === 'negative' || (result.collapsed && !hasValue(result));
}
