import { acceptPatch } from '../media-types.js';
import { ProblemError } from '../problems/problem-error.js';

/** The methods of one path. All of them answer OPTIONS; Nest alone says 404 to that, and to a method that a path has not. */
export class AllowedMethods {
  private readonly methods = new Set(['OPTIONS']);

  add(methods: Iterable<string>): void {
    for (const method of methods) this.methods.add(method);
  }

  has(method: string): boolean {
    return this.methods.has(method);
  }

  /** What an answer to OPTIONS says: `Allow`, and `Accept-Patch` (RFC 5789 §3.1) where there is a PATCH. */
  get headers(): Readonly<Record<string, string>> {
    return { allow: this.allow, ...(this.has('PATCH') && acceptPatch) };
  }

  /** RFC 9110 §15.5.6 */
  refusal(method: string): ProblemError {
    const detail = `${method} is not one of the methods here: ${this.allow}.`;
    return new ProblemError('method-not-allowed', detail, { headers: { allow: this.allow } });
  }

  private get allow(): string {
    return [...this.methods].toSorted().join(', ');
  }
}
