import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { ProblemError } from '../problems/problem-error.js';
import { problems } from '../problems/problem-types.js';
import { faultsOf, type SchemaIssue } from './validation-faults.js';

/** Carries the issues from the exception factory to `transform`, which has the name of the parameter. */
class SchemaMismatch extends Error {
  constructor(readonly issues: readonly SchemaIssue[]) {
    super('The value does not match its schema.');
  }
}

/** Validates every parameter that has a schema. The problem lists all faults. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new SchemaMismatch(issues) });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      throw error instanceof SchemaMismatch ? problemOf(error.issues, value, metadata) : error;
    }
  }

  /** Nest would delete `__proto__`, `prototype` and `constructor` silently. Strict schemas report them. */
  protected override stripProtoKeys(): void {}
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
