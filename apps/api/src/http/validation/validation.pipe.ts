import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { ProblemError } from '../problems/problem-error.js';
import { problems } from '../problems/problem-types.js';
import { faultsOf, type SchemaIssue } from './validation-faults.js';

/** Validates every parameter that has a schema. The problem lists all faults. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (!metadata.schema) return value;
    const result = await metadata.schema['~standard'].validate(value);
    if (result.issues) throw problemOf(result.issues, value, metadata);
    return result.value;
  }
}

function problemOf(issues: readonly SchemaIssue[], value: unknown, { type, data }: ArgumentMetadata): ProblemError {
  return type === 'query'
    ? queryProblem(issues, value, data)
    : new ProblemError('validation', invalid, { errors: faultsOf(issues, { value, name: data }) });
}

/** Returns the problem of a query, or of its parameter `name`. */
export function queryProblem(issues: readonly SchemaIssue[], value: unknown, name?: string): ProblemError {
  const faults = faultsOf(issues, { value, name });
  const errors = faults.map((fault) => (fault.code === 'unknown-field' ? { ...fault, ...unknownParameter } : fault));
  const [code, ...others] = new Set(errors.map((fault) => fault.code).filter((each) => each !== 'more'));
  return others.length === 0 && (code === 'unknown-parameter' || code === 'invalid-cursor')
    ? new ProblemError(code, problems[code].meaning, { errors })
    : new ProblemError('validation', invalid, { errors });
}

const invalid = 'The request has values that are not allowed.';
const unknownParameter = { code: 'unknown-parameter', detail: 'Unknown parameter.' } as const;
