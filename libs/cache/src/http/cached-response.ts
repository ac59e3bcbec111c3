import type { IncomingMessage } from 'node:http';
import { HttpStatus, PreconditionFailedException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Answer, ReadOutcome } from '../core/read-outcome.js';
import { recordCacheOutcome } from './cache-outcome.js';
import { CREDENTIALS_STATUS, cacheStatus, xCache } from './cache-status.js';
import { evaluatePreconditions } from './conditional.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/** Whoever is in between may keep the answer only for the one who asked, and has to ask here before using it again. */
const CACHE_CONTROL = 'private, no-cache';

/** The response of one cached route: its headers say how the cache answered, and so does the log. */
export class CachedResponse {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly response: unknown,
    private readonly request: IncomingMessage,
    private readonly cache: string,
  ) {}

  bypass(): void {
    this.headers({ 'Cache-Status': CREDENTIALS_STATUS, 'X-Cache': 'BYPASS', 'Cache-Control': CACHE_CONTROL });
    recordCacheOutcome(this.request, { cache: this.cache, result: 'bypass', tier: undefined, ageMs: undefined });
  }

  /**
   * Sets status and headers and answers the body: the stored text where there is one, to be sent as it is; none where the
   * request's preconditions say so.
   *
   * @throws {PreconditionFailedException} when `If-Match` does not name what would be answered.
   */
  body(outcome: ReadOutcome<unknown>): unknown {
    const { answer, result, tier, ageMs } = outcome;
    const served = tier === undefined ? undefined : Math.round(ageMs);
    recordCacheOutcome(this.request, { cache: this.cache, result, tier, ageMs: served });
    const { json, etag } = answer;
    const verdict = isAbsent(answer) ? 'answer' : evaluatePreconditions(this.request.headers, etag);
    this.#evaluatedHere();
    if (verdict === 'failed') {
      this.headers({ 'Cache-Control': 'no-store' });
      throw new PreconditionFailedException();
    }
    this.headers({ 'Cache-Status': cacheStatus(outcome), 'X-Cache': xCache(outcome), 'Cache-Control': CACHE_CONTROL });
    if (etag !== undefined) this.headers({ ETag: etag });
    if (verdict === 'not-modified') {
      // RFC 9110 §15.4.5: the headers of the 200, without those that describe a body.
      this.adapterHost.httpAdapter.status(this.response, HttpStatus.NOT_MODIFIED);
      // Fastify would say that a HEAD without a body is of length 0, which RFC 9110 §8.6 forbids. Given the body, it counts it.
      if (this.request.method !== 'HEAD') return undefined;
    }
    if (json === undefined) return answer.value;
    this.headers({ 'Content-Type': JSON_TYPE });
    return json;
  }

  /** Express would evaluate once more, by rules of its own, whenever it sends something. */
  #evaluatedHere(): void {
    if ('fresh' in this.request) Object.defineProperty(this.request, 'fresh', { value: false });
  }

  /** Sets these too. */
  headers(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      this.adapterHost.httpAdapter.setHeader(this.response, name, value);
    }
  }
}

/** Whether there is nothing to answer. */
export function isAbsent({ json, value }: Answer<unknown>): boolean {
  return json === undefined && value === undefined;
}
