import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import { Look } from '../../core/read/look.js';
import type { ReadResult } from '../../core/read-result.js';
import { recordCacheOutcome } from '../respond/cache-outcome.js';
import type { DeclaredHeader } from '../boot/route-handler.js';
import type { CachedRoute } from '../route/cached-route.js';
import { leaveLook } from '../respond/look-ahead.js';
import { cachedResponse } from '../respond/cached-response.js';
import type { KeyedRequest } from '../route/request-key.js';
import { ResponseWriter } from '../respond/response-writer.js';

/** The parts of Fastify's request and reply that are needed here. */
export interface FastifyRequest extends KeyedRequest {
  readonly method: string;
  readonly raw: IncomingMessage & { readonly user?: unknown };
}

export interface FastifyReply {
  readonly raw: ServerResponse;
  send(payload?: string): unknown;
  removeHeader(name: string): unknown;
}

/** One request that may be answered before Nest's pipeline is reached, and its response. */
export class EarlyExchange {
  constructor(
    private readonly route: CachedRoute,
    private readonly entry: KeyedEntry<unknown>,
    private readonly declared: readonly DeclaredHeader[],
    private readonly server: {
      readonly request: FastifyRequest;
      readonly response: FastifyReply;
      readonly adapter: AbstractHttpAdapter;
    },
  ) {}

  /** Answers with what this process holds, or else the store; where neither has an answer, calls `next`. */
  answerOr(next: () => void): void {
    const held = this.entry.getFromMemory();
    if (held) this.#answer(held, next);
    else void this.#answerFromStoreOr(next);
  }

  async #answerFromStoreOr(next: () => void): Promise<void> {
    const found = await this.#find().catch(() => undefined);
    if (found) this.#answer(found, next);
    else next();
  }

  async #find(): Promise<ReadResult<unknown> | undefined> {
    const { request, response } = this.server;
    const found = await this.entry.find();
    if (!(found instanceof Look)) return found;
    leaveLook(found, request.raw, response.raw);
    return undefined;
  }

  #answer(result: ReadResult<unknown>, next: () => void): void {
    try {
      this.#send(result);
    } catch {
      // Functions of the application run in there. What one of them throws, the pipeline meets again, with filters for it.
      next();
    }
  }

  #send(result: ReadResult<unknown>): void {
    const { route, entry } = this;
    const { request, response, adapter } = this.server;
    const writer = new ResponseWriter(adapter, response, request.raw);
    for (const { name, value } of this.declared) {
      adapter.setHeader(response, name, typeof value === 'function' ? value() : value);
    }
    const body = writer.write(cachedResponse(route, request, result, entry));
    const { status, tier, ageMs } = result;
    recordCacheOutcome(request.raw, { cache: route.definition.name, result: status, tier, ageMs: Math.round(ageMs) });
    response.send(body);
  }
}
