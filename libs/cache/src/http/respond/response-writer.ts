import { HttpStatus, PreconditionFailedException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { wallClock } from '../../core/clock.js';
import { jsonText } from '../../core/codec/json-codec.js';
import { opaqueTagOf } from '../../core/policy/etag.js';
import type { ReadResult } from '../../core/read-result.js';
import { PRIVATE_NO_CACHE } from '../headers/cache-control.js';
import { cacheGroups } from '../headers/cache-groups.js';
import { evaluatePreconditions, lastModified, representationTag } from '../headers/preconditions.js';
import type { CachedRoute } from '../route/cached-route.js';
import type { KeyedRequest } from '../route/request-key.js';
import { cacheStatus, X_CACHE } from './cache-outcome.js';
import type { HttpResponse } from './response-snapshot.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What the response for a read depends on besides the read. */
export interface ReadDetails {
  /** The tags of the entry. */
  readonly tags: readonly string[];
  /** The handler's HTTP status. */
  readonly status?: number;
  /** The headers for a CDN; `undefined` for a response that it must not keep. They are not sent with a cookie, which no CDN must store. */
  readonly edge: Readonly<Record<string, string>> | undefined;
}

/** Returns whether a read found or loaded a value, without decoding a stored text. */
export function hasValue({ answer }: ReadResult<unknown>): boolean {
  return answer.json !== undefined || answer.value !== undefined;
}

/** Writes the response to one request, on Fastify and on Express. The names of headers are in lower case, as servers store them. */
export class ResponseWriter {
  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly response: Pick<HttpResponse, 'removeHeader'>,
    private readonly request: KeyedRequest,
  ) {}

  /**
   * Sets the status and the headers for the result of a read. Returns the body to send unchanged; `undefined` for none.
   *
   * @throws {PreconditionFailedException} when `If-Match` or `If-Unmodified-Since` is false for this response.
   */
  writeResult(
    route: CachedRoute,
    result: ReadResult<unknown>,
    { tags, status, edge }: ReadDetails,
  ): string | undefined {
    const headers: Record<string, string> = {
      'cache-status': cacheStatus(result, status),
      'x-cache': X_CACHE[result.status],
      'cache-control': route.cacheControl,
    };
    const groups = tags.length > 0 ? cacheGroups(tags) : undefined;
    if (groups !== undefined) headers['cache-groups'] = groups;
    // Clients subtract the age from `max-age` (RFC 9111 §5.1).
    if (route.sendsAge) headers['age'] = `${Math.floor(result.ageMs / 1_000)}`;
    return this.#write(route, result, headers, edge);
  }

  /** As {@link writeResult}, for a value that was neither read from the cache nor stored in it. */
  writeUncached(route: CachedRoute, value: unknown): string | undefined {
    const opaque = opaqueTagOf(route.definition, value);
    const etag = opaque === undefined ? undefined : `"${opaque}"`;
    const headers = { 'cache-control': PRIVATE_NO_CACHE };
    return this.#write(route, { answer: { value, json: undefined, etag }, ageMs: undefined }, headers);
  }

  /**
   * Returns the handler's body to send unchanged. Keeps the headers that the handler set, and adds `Cache-Control` and the JSON media
   * type if they are missing.
   */
  sendUnchanged(body: unknown): unknown {
    this.defaults({ 'cache-control': PRIVATE_NO_CACHE });
    // Servers serialise objects to JSON, but send a string as text or HTML.
    const plain = body === null || ['string', 'number', 'boolean'].includes(typeof body);
    if (!plain || this.#has('content-type')) return body;
    this.headers({ 'content-type': JSON_TYPE });
    return JSON.stringify(body);
  }

  /**
   * Sets headers. Adds to `Vary` and `Set-Cookie`, and keeps a `Content-Type` that is set already. Throws for an invalid one, and removes
   * the others: the error response must not keep them.
   */
  headers(headers: Readonly<Record<string, string>>): void {
    try {
      for (const name in headers) {
        const value = headers[name] ?? '';
        if (name === 'content-type' && this.#has(name)) continue;
        if (name === 'vary' || name === 'set-cookie') this.adapter.appendHeader(this.response, name, value);
        else this.adapter.setHeader(this.response, name, value);
      }
    } catch (error) {
      for (const name in headers) this.response.removeHeader(name);
      throw error;
    }
  }

  /** Sets the headers that are not set yet. */
  defaults(headers: Readonly<Record<string, string>>): void {
    for (const name in headers) if (!this.#has(name)) this.headers({ [name]: headers[name] ?? '' });
  }

  /**
   * Adds the headers that depend on the value, and evaluates the preconditions of the request.
   *
   * A value of unknown age gets no `Last-Modified`: its handler may have read it from a cache, so a later change could have the same date.
   */
  #write(
    route: CachedRoute,
    { answer, ageMs }: Pick<ReadResult<unknown>, 'answer'> & { readonly ageMs: number | undefined },
    headers: Record<string, string>,
    edge?: Readonly<Record<string, string>>,
  ): string | undefined {
    const text = answer.json ?? jsonText(answer.value);
    const etag = representationTag(route, answer, text);
    const changedAt = ageMs === undefined ? undefined : route.definition.lastModified?.(answer.value);
    const modifiedAt =
      changedAt === undefined || ageMs === undefined ? undefined : lastModified(changedAt, wallClock() - ageMs);
    const verdict = evaluatePreconditions(this.request.headers, { etag, modifiedAt });
    if (verdict === 'failed') {
      this.headers({ 'cache-control': 'no-store', etag });
      throw new PreconditionFailedException();
    }
    headers['etag'] = etag;
    if (modifiedAt !== undefined) headers['last-modified'] = new Date(modifiedAt).toUTCString();
    if (route.varyHeader !== undefined) headers['vary'] = route.varyHeader;
    if (route.headers) Object.assign(headers, route.headers(answer.value, this.request));
    // A 304 has the headers of the 200, except those that describe a body (RFC 9110 §15.4.5).
    if (verdict === 'answer') headers['content-type'] = JSON_TYPE;
    this.headers(headers);
    // A cookie is private to its requester, so shared caches must not store the response (RFC 9111 §7.3).
    if (this.#has('set-cookie')) this.headers({ 'cache-control': PRIVATE_NO_CACHE });
    else if (edge) this.headers(edge);
    if (verdict === 'answer') return text;
    this.adapter.status(this.response, HttpStatus.NOT_MODIFIED);
    return undefined;
  }

  #has(header: string): boolean {
    return this.adapter.getHeader(this.response, header) !== undefined;
  }
}
