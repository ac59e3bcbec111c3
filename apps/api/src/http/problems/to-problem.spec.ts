import { ForbiddenException, GoneException, InternalServerErrorException, NotFoundException } from '@nestjs/common';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ProblemError, problemBody } from './problem-error.js';
import { problemCodeOf, problems } from './problem-types.js';
import { toProblem } from './to-problem.js';

const { errorCodes } = fastify;

describe(toProblem, () => {
  it('returns a ProblemError unchanged', () => {
    const error = new ProblemError('email-taken', 'Taken.');
    expect(toProblem(error)).toBe(error);
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 'route-not-found'],
    [new ForbiddenException(), 'forbidden'],
    [new GoneException(), 'malformed-request'],
    [new InternalServerErrorException('select secret'), 'internal'],
    [new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE(), 'payload-too-large'],
    [new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE('x'), 'unsupported-media-type'],
    [new errorCodes.FST_ERR_BAD_URL('%'), 'malformed-request'],
    [new NotFoundException('x', { cause: new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE() }), 'payload-too-large'],
    [Object.assign(new Error('aborted'), { code: 'ECONNRESET', statusCode: 400 }), 'malformed-request'],
    [Object.assign(new Error('read'), { code: 'ECONNRESET' }), 'internal'],
    [new Error('relation "users" does not exist'), 'internal'],
    ['a string', 'internal'],
    [undefined, 'internal'],
  ])('converts %s to %s', (error, code) => {
    const problem = toProblem(error);
    expect(problem.code).toBe(code);
    expect(problem.status).toBe(problems[problem.code].status);
  });

  it('keeps the error as the cause and out of the detail', () => {
    const error = new Error('password of db.internal');
    const problem = toProblem(error);
    expect(problem.cause).toBe(error);
    expect(problemBody(problem, { path: '/', requestId: 'r', publicPath: '' })).not.toContain('db.internal');
  });
});

describe(problemCodeOf, () => {
  it('returns a code with the same status, or with a status of the same class', () => {
    for (let status = 400; status < 600; status += 1) {
      expect(Math.floor(problems[problemCodeOf(status)].status / 100)).toBe(Math.floor(status / 100));
    }
    const unique = Object.values(problems)
      .map(({ status }) => status)
      .filter((status) => ![409].includes(status));
    for (const status of unique) expect(problems[problemCodeOf(status)].status).toBe(status);
  });
});
