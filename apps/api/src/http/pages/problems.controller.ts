import { Controller, Get, Header, Param } from '@nestjs/common';
import { z } from 'zod';
import { AppConfig } from '../../app.config.js';
import { Operation } from '../openapi/operation.decorator.js';
import { ProblemError } from '../problems/problem-error.js';
import { problems, type ProblemKind } from '../problems/problem-types.js';

const slug = z
  .string()
  .describe('The `code` of a problem.')
  .meta({ examples: ['validation'] });

const problemType = z
  .strictObject({
    type: z.string().describe('The address of this explanation.'),
    status: z.int().describe('The status of its answers.'),
    title: z.string(),
    meaning: z.string().describe('The cause, and the remedy.'),
  })
  .readonly()
  .meta({
    id: 'ProblemType',
    description: 'An explanation of one type of problem.',
    examples: [{ type: '/problems/validation', ...problems.validation }],
  });
type ProblemType = z.output<typeof problemType>;

const problemTypes = z
  .strictObject({ data: z.array(problemType).readonly() })
  .readonly()
  .meta({
    id: 'ProblemTypes',
    description: 'Every type of problem.',
    examples: [{ data: [{ type: '/problems/validation', ...problems.validation }] }],
  });
type ProblemTypes = z.output<typeof problemTypes>;

const kinds = new Map<string, ProblemKind>(Object.entries(problems));

/** The `type` of a problem leads here (RFC 9457 §3.1.1: it should be dereferenceable). */
@Controller('problems')
export class ProblemsController {
  constructor(private readonly config: AppConfig) {}

  @Operation({ summary: 'Lists the types of problems', response: problemTypes, headers: ['Cache-Control'] })
  @Get()
  @Header('Cache-Control', 'no-cache')
  findAll(): ProblemTypes {
    return { data: Object.entries(problems).map(([code, kind]) => ({ type: this.typeOf(code), ...kind })) };
  }

  @Operation({
    summary: 'Explains a problem',
    response: problemType,
    problems: ['route-not-found'],
    headers: ['Cache-Control'],
  })
  @Get(':slug')
  @Header('Cache-Control', 'no-cache')
  findOne(@Param('slug', { schema: slug }) code: string): ProblemType {
    const kind = kinds.get(code);
    if (!kind) throw new ProblemError('route-not-found', 'No problem has this code.');
    return { type: this.typeOf(code), ...kind };
  }

  private typeOf(code: string): string {
    return `${this.config.publicPath}/problems/${code}`;
  }
}
