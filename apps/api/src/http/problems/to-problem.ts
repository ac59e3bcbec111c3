import { HttpException } from '@nestjs/common';
import { ProblemError } from './problem-error.js';
import { AdminError } from '@nuthatch/admin';
import { CacheError, type CacheErrorCode } from '@nuthatch/cache';
import { problemCodeOf, problems, type ProblemCode } from './problem-types.js';

/** Errors of the cache that clients see, by their codes. */
const cacheCodes: Partial<Record<CacheErrorCode, ProblemCode>> = {
  CACHE_OVERLOADED: 'overloaded',
  CACHE_ORIGIN_FAILED: 'origin-unavailable',
  CACHE_LOAD_TIMEOUT: 'origin-unavailable',
  CACHE_UNAVAILABLE: 'cache-unavailable',
};

const RETRY_SOON = { 'Retry-After': '1' };

/** Converts any error to a problem. An unknown error is a 500. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const ofCache = cacheProblem(error);
  if (ofCache) return new ProblemError(ofCache, problems[ofCache].meaning, { cause: error, headers: RETRY_SOON });
  if (error instanceof AdminError) return ofAdmin(error);
  if (error instanceof HttpException) return ofNest(error);
  if (isFastifyError(error)) return ofFastify(error);
  return new ProblemError('internal', problems.internal.meaning, { cause: error });
}

function cacheProblem(error: unknown): ProblemCode | undefined {
  return error instanceof CacheError ? cacheCodes[error.code] : undefined;
}

function ofNest(error: HttpException): ProblemError {
  // Nest's adapter wraps errors of Fastify. The cause has the code.
  if (isFastifyError(error.cause)) return ofFastify(error.cause);
  const code = problemCodeOf(error.getStatus());
  return new ProblemError(code, problems[code].meaning, { cause: error });
}

function ofAdmin(error: AdminError): ProblemError {
  if (error.getStatus() === 404) return new ProblemError('cache-not-found', error.message, { cause: error });
  const errors = error.faults.map(({ path, message }) => ({
    pointer: `#${path.map((member) => `/${member}`).join('')}`,
    detail: message,
    code: 'invalid',
  }));
  return new ProblemError('validation', error.message, { cause: error, ...(errors.length > 0 && { errors }) });
}

function ofFastify(error: FastifyError): ProblemError {
  const code = problemCodeOf(error.statusCode);
  return new ProblemError(code, problems[code].meaning, { cause: error });
}

interface FastifyError extends Error {
  readonly code: string;
  readonly statusCode: number;
}

/** Also accepts ECONNRESET, an error of Node to which Fastify adds a status when a client disconnects within a body. */
function isFastifyError(error: unknown): error is FastifyError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    (error.code.startsWith('FST_') || error.code === 'ECONNRESET') &&
    'statusCode' in error &&
    typeof error.statusCode === 'number'
  );
}
