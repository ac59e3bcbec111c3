import type { IncomingMessage } from 'node:http';
import { HttpStatus, PreconditionFailedException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ASK_EACH_TIME } from '../headers/cache-control.js';
import { JSON_TYPE, type CachedResponse } from './cached-response.js';
import type { HttpResponse } from './response-snapshot.js';

/** Puts a reply into the response of one request, on Fastify as on Express. */
export class ResponseWriter {
  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly response: Pick<HttpResponse, 'removeHeader'>,
    private readonly request: IncomingMessage,
  ) {}

  /**
   * Sets status and headers, and answers the body: the text, to be sent as it is, or none.
   *
   * @throws {PreconditionFailedException} when `If-Match` does not name what would be answered.
   */
  write({ verdict, headers, text }: CachedResponse): string | undefined {
    this.#evaluatedHere();
    this.#all(headers);
    if (verdict === 'failed') throw new PreconditionFailedException();
    // Whoever set it, it is somebody's: nobody on the way may give it to others together with the answer (RFC 9111 §7.3).
    if (this.#has('set-cookie')) this.headers({ 'cache-control': ASK_EACH_TIME });
    if (verdict === 'answer') return text;
    this.adapter.status(this.response, HttpStatus.NOT_MODIFIED);
    if (this.request.method !== 'HEAD') return undefined;
    // Fastify would say that a HEAD without a body is of length 0, which RFC 9110 §8.6 forbids. Given the body, it counts it.
    this.headers({ 'content-type': JSON_TYPE });
    return text;
  }

  /** Lets a body leave as the handler answered it: what it said of it stands, and what nobody said is as for every other answer. */
  sendUnchanged(body: unknown): unknown {
    this.#evaluatedHere();
    this.defaults({ 'cache-control': ASK_EACH_TIME });
    // Servers make JSON of objects, and HTML of a text.
    const plain = body === null || ['string', 'number', 'boolean'].includes(typeof body);
    if (!plain || this.#has('content-type')) return body;
    this.headers({ 'content-type': JSON_TYPE });
    return JSON.stringify(body);
  }

  headers(headers: Readonly<Record<string, string>>): void {
    for (const name in headers) {
      const value = headers[name] ?? '';
      // Somebody may have said before which JSON it is, and what else the answer varies with.
      if (name === 'content-type' && this.#has(name)) continue;
      if (name === 'vary') this.adapter.appendHeader(this.response, name, value);
      else this.adapter.setHeader(this.response, name, value);
    }
  }

  /** All of them or none: with those before it, the error that a broken one makes would be kept as the answer. */
  #all(headers: Readonly<Record<string, string>>): void {
    try {
      this.headers(headers);
    } catch (error) {
      for (const name in headers) this.response.removeHeader(name);
      throw error;
    }
  }

  /** Sets what nobody has set before. */
  defaults(headers: Readonly<Record<string, string>>): void {
    for (const name in headers) if (!this.#has(name)) this.headers({ [name]: headers[name] ?? '' });
  }

  #has(header: string): boolean {
    return this.adapter.getHeader(this.response, header) !== undefined;
  }

  /** Express would evaluate once more, by rules of its own, whenever it sends something. */
  #evaluatedHere(): void {
    if ('fresh' in this.request) Object.defineProperty(this.request, 'fresh', { value: false });
  }
}
