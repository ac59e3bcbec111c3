import type { IncomingMessage } from 'node:http';
import type { HttpAdapterHost } from '@nestjs/core';
import type { ReadOutcome } from '../core/read-outcome.js';
import { recordCacheOutcome } from './cache-outcome.js';
import { CREDENTIALS_STATUS, cacheStatus, xCache } from './cache-status.js';

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
    this.#headers({ 'Cache-Status': CREDENTIALS_STATUS, 'X-Cache': 'BYPASS', 'Cache-Control': CACHE_CONTROL });
    recordCacheOutcome(this.request, { cache: this.cache, result: 'bypass', tier: undefined, ageMs: undefined });
  }

  /** Sets the headers and answers the body: the stored text where there is one, to be sent as it is. */
  body(outcome: ReadOutcome<unknown>): unknown {
    const { answer, result, tier, ageMs } = outcome;
    const served = tier === undefined ? undefined : Math.round(ageMs);
    recordCacheOutcome(this.request, { cache: this.cache, result, tier, ageMs: served });
    const { json, etag } = answer;
    this.#headers({ 'Cache-Status': cacheStatus(outcome), 'X-Cache': xCache(outcome), 'Cache-Control': CACHE_CONTROL });
    if (etag !== undefined) this.#headers({ ETag: `"${etag}"` });
    if (json === undefined) return answer.value;
    this.#headers({ 'Content-Type': JSON_TYPE });
    return json;
  }

  #headers(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      this.adapterHost.httpAdapter.setHeader(this.response, name, value);
    }
  }
}
