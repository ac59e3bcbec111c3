import { Controller, Get, Param } from '@nestjs/common';
import { z } from 'zod';
import { ProblemError } from './problem-error.js';
import { problems, type ProblemKind } from './problem.js';

const slug = z.string();
const kinds = new Map<string, ProblemKind>(Object.entries(problems));

/** Where the `type` of a problem leads (RFC 9457 §3.1.1: it should be dereferenceable). */
@Controller('problems')
export class ProblemsController {
  @Get(':slug')
  findOne(@Param('slug', { schema: slug }) code: string): ProblemKind & { type: string } {
    const kind = kinds.get(code);
    if (!kind) throw new ProblemError('route-not-found', 'There is no problem of this name.');
    return { type: `/problems/${code}`, ...kind };
  }
}
