import type { IncomingMessage } from 'node:http';
import { HttpStatus, PreconditionFailedException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { PRIVATE_NO_CACHE } from '../headers/cache-control.js';
import { JSON_TYPE, type PreparedResponse } from './prepared-response.js';
import type { HttpResponse } from './response-snapshot.js';

/** Writes to the response of one request, on Fastify and on Express. */
export class ResponseWriter {
  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly response: Pick<HttpResponse, 'removeHeader'>,
    private readonly request: IncomingMessage,
  ) {}

  /**
   * Sets the status and the headers. Returns the body to send unchanged; `undefined` for none.
   *
   * @throws {PreconditionFailedException} when `If-Match` or `If-Unmodified-Since` is false for this response.
   */
  write({ verdict, headers, edge, text }: PreparedResponse): string | undefined {
    this.#disableExpressFreshness();
    try {
      this.headers(headers);
    } catch (error) {
      // After an invalid header, the error response must not keep the cache headers before it.
      for (const name in headers) this.response.removeHeader(name);
      throw error;
    }
    if (verdict === 'failed') throw new PreconditionFailedException();
    // A cookie is private to its requester, so shared caches must not store the response (RFC 9111 §7.3).
    if (this.#has('set-cookie')) this.headers({ 'cache-control': PRIVATE_NO_CACHE });
    else if (edge) this.headers(edge);
    if (verdict === 'answer') return text;
    this.adapter.status(this.response, HttpStatus.NOT_MODIFIED);
    return undefined;
  }

  /**
   * Returns the handler's body to send unchanged. Keeps the headers that the handler set, and adds `Cache-Control` and the JSON media
   * type if they are missing.
   */
  sendUnchanged(body: unknown): unknown {
    this.#disableExpressFreshness();
    this.defaults({ 'cache-control': PRIVATE_NO_CACHE });
    // Servers serialise objects to JSON, but send a string as text or HTML.
    const plain = body === null || ['string', 'number', 'boolean'].includes(typeof body);
    if (!plain || this.#has('content-type')) return body;
    this.headers({ 'content-type': JSON_TYPE });
    return JSON.stringify(body);
  }

  /** Sets headers. Adds to `Vary` and `Set-Cookie`, and keeps a `Content-Type` that is set already. */
  headers(headers: Readonly<Record<string, string>>): void {
    for (const name in headers) {
      const value = headers[name] ?? '';
      if (name === 'content-type' && this.#has(name)) continue;
      if (name === 'vary' || name === 'set-cookie') this.adapter.appendHeader(this.response, name, value);
      else this.adapter.setHeader(this.response, name, value);
    }
  }

  /** Sets the headers that are not set yet. */
  defaults(headers: Readonly<Record<string, string>>): void {
    for (const name in headers) if (!this.#has(name)) this.headers({ [name]: headers[name] ?? '' });
  }

  #has(header: string): boolean {
    return this.adapter.getHeader(this.response, header) !== undefined;
  }

  /** Stops Express from evaluating the preconditions again, by its own rules. */
  #disableExpressFreshness(): void {
    if ('fresh' in this.request) Object.defineProperty(this.request, 'fresh', { value: false });
  }
}
