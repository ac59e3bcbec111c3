import type { IncomingMessage } from 'node:http';
import { HttpStatus, PreconditionFailedException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { JSON_TYPE, type Reply } from './reply.js';

/** Puts a reply into the response of one request, on Fastify as on Express. */
export class ResponseWriter {
  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly response: unknown,
    private readonly request: IncomingMessage,
  ) {}

  /**
   * Sets status and headers, and answers the body: the text, to be sent as it is, or none.
   *
   * @throws {PreconditionFailedException} when `If-Match` does not name what would be answered.
   */
  write({ verdict, headers, text }: Reply): string | undefined {
    this.#evaluatedHere();
    this.headers(headers);
    if (verdict === 'failed') throw new PreconditionFailedException();
    if (verdict === 'answer') return text;
    this.adapter.status(this.response, HttpStatus.NOT_MODIFIED);
    if (this.request.method !== 'HEAD') return undefined;
    // Fastify would say that a HEAD without a body is of length 0, which RFC 9110 §8.6 forbids. Given the body, it counts it.
    this.headers({ 'content-type': JSON_TYPE });
    return text;
  }

  headers(headers: Readonly<Record<string, string>>): void {
    for (const name in headers) {
      const value = headers[name] ?? '';
      // Somebody may have said before what else the answer varies with.
      if (name === 'vary') this.adapter.appendHeader(this.response, name, value);
      else this.adapter.setHeader(this.response, name, value);
    }
  }

  /** Sets what nobody has set before. */
  defaults(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      if (this.adapter.getHeader(this.response, name) === undefined) this.adapter.setHeader(this.response, name, value);
    }
  }

  /** Express would evaluate once more, by rules of its own, whenever it sends something. */
  #evaluatedHere(): void {
    if ('fresh' in this.request) Object.defineProperty(this.request, 'fresh', { value: false });
  }
}
