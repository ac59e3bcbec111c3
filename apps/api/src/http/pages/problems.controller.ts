import { Controller, Get, Param } from '@nestjs/common';
import { z } from 'zod';
import { Operation } from '../openapi/operation.decorator.js';
import { ProblemError } from '../problems/problem-error.js';
import { problems, type ProblemKind } from '../problems/problem.js';

const slug = z.string();
const problemType = z
  .strictObject({
    type: z.string().describe('The type of the problem, which is where this stands.'),
    status: z.int().describe('The status of its answers.'),
    title: z.string(),
    meaning: z.string().describe('What it means, and what to do.'),
  })
  .readonly()
  .meta({ id: 'ProblemType', description: 'What all problems of a type have in common.' });
type ProblemType = z.output<typeof problemType>;

const kinds = new Map<string, ProblemKind>(Object.entries(problems));

/** Where the `type` of a problem leads (RFC 9457 §3.1.1: it should be dereferenceable). */
@Controller('problems')
export class ProblemsController {
  @Get(':slug')
  @Operation({ summary: 'Explains a problem', response: problemType, problems: ['route-not-found'] })
  findOne(@Param('slug', { schema: slug }) code: string): ProblemType {
    const kind = kinds.get(code);
    if (!kind) throw new ProblemError('route-not-found', 'There is no problem of this name.');
    return { type: `/problems/${code}`, ...kind };
  }
}
