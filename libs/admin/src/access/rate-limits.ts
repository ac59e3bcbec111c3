import { HttpException, HttpStatus, Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import type { AdminResponse } from './admin-request.js';

const PER_MINUTE = 60;

/** Limits the requests of each token, and the wrong tokens of each address. Nest creates a guard per module, and all share these limits. */
@Injectable()
export class RateLimits {
  readonly #requests: RateLimiterMemory;
  readonly #failures: RateLimiterMemory;

  constructor(@Inject(ADMIN_OPTIONS) { requestsPerMinute = 120, failuresPerMinute = 10 }: AdminOptions) {
    this.#requests = new RateLimiterMemory({ points: requestsPerMinute, duration: PER_MINUTE });
    this.#failures = new RateLimiterMemory({ points: failuresPerMinute, duration: PER_MINUTE });
  }

  /** Counts a request of a token. @throws {HttpException} 429 when it has sent too many. */
  countRequest(token: string, response: AdminResponse): Promise<void> {
    return consume(this.#requests, token, response);
  }

  /** Counts a wrong token of an address. @throws {HttpException} 429 when it has sent too many. */
  countFailure(address: string, response: AdminResponse): Promise<void> {
    return consume(this.#failures, address, response);
  }

  /** @throws {HttpException} 429 for an address that has sent too many wrong tokens. */
  async checkAddress(address: string, response: AdminResponse): Promise<void> {
    const failures = await this.#failures.get(address);
    if (failures && failures.remainingPoints <= 0) throw tooManyRequests(failures, response);
  }
}

async function consume(limiter: RateLimiterMemory, key: string, response: AdminResponse): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    throw refusal instanceof RateLimiterRes ? tooManyRequests(refusal, response) : refusal;
  }
}

function tooManyRequests({ msBeforeNext }: RateLimiterRes, response: AdminResponse): HttpException {
  response.header('retry-after', String(Math.ceil(msBeforeNext / 1_000)));
  return new HttpException('Too many requests', HttpStatus.TOO_MANY_REQUESTS);
}
