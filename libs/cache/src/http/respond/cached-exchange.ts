import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHandler } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { asJsonSays } from '../../core/codec/json-codec.js';
import { LoadContext } from '../../core/context/load-context.js';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import type { ReadResult } from '../../core/read-result.js';
import type { CachedRoute } from '../route/cached-route.js';
import { audienceOf, type KeyedRequest } from '../route/request-key.js';
import { headersSent } from './after-headers.js';
import type { EdgeHeaders } from '../headers/edge-headers.js';
import { cacheStatus, CREDENTIALS_STATUS, recordResult, X_CACHE } from './cache-outcome.js';
import { cachedResponse, hasValue, uncachedResponse } from './prepared-response.js';
import type { HandedOverRead } from './handed-over-read.js';
import { type HttpResponse, ResponseSnapshot } from './response-snapshot.js';
import type { ResponseWriter } from './response-writer.js';

/** The parts that the requests of Fastify and Express have in common. */
export interface HttpRequest extends KeyedRequest {
  readonly method: string;
}

/** Answers one request of a cached route in Nest's pipeline. */
export class CachedExchange {
  /** Why the handler's answer is sent unchanged and not stored; `undefined` if it may be stored. */
  #uncacheable: string | undefined;
  /** The response as it was before the handler failed. */
  #beforeFailure: ResponseSnapshot | undefined;

  constructor(
    private readonly route: CachedRoute,
    private readonly request: HttpRequest,
    private readonly server: {
      readonly incoming: IncomingMessage;
      readonly outgoing: ServerResponse;
      readonly response: HttpResponse;
      readonly writer: ResponseWriter;
      readonly edge: EdgeHeaders;
    },
    private readonly next: CallHandler,
  ) {}

  /** Answers with the entry in L1, or with the result of a read. */
  answer(entry: KeyedEntry<unknown>): unknown {
    this.server.edge.begin(this.route, this.server.incoming);
    const inMemory = entry.getFromMemory();
    return inMemory ? this.#respond(entry, inMemory) : this.#read(entry);
  }

  /** Answers with the result of a read that began before the pipeline; `undefined` when its entry is not the one of the request. */
  resume(read: HandedOverRead): Promise<unknown> | undefined {
    // The handler runs in the load, and in the async context of its pipeline: spans and request scopes are there.
    const inPipeline = AsyncLocalStorage.snapshot();
    const isTaken = read.takeOver(audienceOf(this.route, this.request), {
      run: (inLoad) => inPipeline(() => inLoad(() => this.#handle())),
      runInBackground: (inLoad) => inPipeline(() => inLoad(() => this.#handleInBackground())),
    });
    return isTaken ? read.result.then((result) => this.#respond(read.entry, result)) : undefined;
  }

  /** Answers a request with credentials, whose response is neither taken from `entry` nor stored. */
  bypassForCredentials(entry: KeyedEntry<unknown> | undefined): Promise<unknown> {
    entry?.bypassForPrincipal();
    recordResult(this.server.incoming, this.route, { status: 'bypass', tier: undefined, ageMs: 0 });
    return this.bypass({ 'cache-status': CREDENTIALS_STATUS, 'x-cache': 'BYPASS' });
  }

  /** Answers with the handler's value, and stores nothing. */
  async bypass(headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { writer } = this.server;
    writer.headers(headers);
    const value = await this.#handle();
    if (value === undefined || this.#uncacheable !== undefined) return writer.sendUnchanged(value);
    return writer.write(uncachedResponse(this.route, this.request, value));
  }

  async #read(entry: KeyedEntry<unknown>): Promise<unknown> {
    const result = await entry.read(
      () => this.#handle(),
      () => () => this.#handleInBackground(),
    );
    return this.#respond(entry, result);
  }

  /** Runs the handler, inside or outside of a load. */
  async #handle(): Promise<unknown> {
    const before = new ResponseSnapshot(this.server.response);
    const audience = audienceOf(this.route, this.request);
    const value: unknown = await lastValueFrom(this.next.handle(), { defaultValue: undefined }).catch(
      (error: unknown) => {
        this.#beforeFailure = before;
        throw error;
      },
    );
    // Inner interceptors and pipes may have identified a requester that the key does not contain.
    const identified = audienceOf(this.route, this.request) !== audience;
    this.#uncacheable = identified
      ? 'an interceptor or a pipe inside of HttpCacheInterceptor identified the requester'
      : before.reasonNotToStore(value);
    if (this.#uncacheable === undefined) return asSent(value);
    LoadContext.current?.markUncacheable(this.#uncacheable);
    return value;
  }

  /** Runs the handler after the response was sent, so that the handler can no longer change the response. */
  async #handleInBackground(): Promise<unknown> {
    await headersSent(this.server.outgoing);
    return this.#handle();
  }

  /** Sets the headers and returns the body. */
  #respond(entry: KeyedEntry<unknown>, result: ReadResult<unknown>): unknown {
    const { writer, incoming, edge } = this.server;
    recordResult(incoming, this.route, result);
    // A stale value is sent instead of the handler's error.
    this.#beforeFailure?.restore();
    const status = this.server.response.statusCode;
    if (hasValue(result) && this.#uncacheable === undefined) {
      const details = { tags: entry.tags, status, edge: edge.of(this.route, entry, result, incoming) };
      return writer.write(cachedResponse(this.route, this.request, result, details));
    }
    writer.headers({ 'cache-status': cacheStatus(result, status), 'x-cache': X_CACHE[result.status] });
    // The handler throws the module's own error for an absent value. If the handler reads this entry, the known absence is returned.
    if (isKnownAbsent(result)) return entry.knowingAbsence(async () => writer.sendUnchanged(await this.#handle()));
    return writer.sendUnchanged(result.answer.value);
  }
}

/**
 * Returns the value to store. The answer is a JSON text, so the plain object that the text describes replaces an instance of a class.
 * An instance that a service loaded under the same key stays, and is not stored: other callers of the service would receive the plain
 * object on a hit only.
 */
function asSent(value: unknown): unknown {
  const sent = asJsonSays(value);
  return sent !== value && LoadContext.current?.returned(value) ? value : sent;
}

/** Returns whether the value is absent and the handler of this request has not run: the absence was stored, or loaded by another read. */
function isKnownAbsent(result: ReadResult<unknown>): boolean {
  return result.status === 'negative' || (result.collapsed && !hasValue(result));
}
