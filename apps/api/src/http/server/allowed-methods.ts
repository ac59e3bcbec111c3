import { acceptPatch } from '../media-types.js';
import { ProblemError } from '../problems/problem-error.js';

/** The methods of one path, with OPTIONS. Nest answers 404 to OPTIONS and to other methods. */
export class AllowedMethods {
  private readonly methods = new Set(['OPTIONS']);

  add(methods: Iterable<string>): void {
    for (const method of methods) this.methods.add(method);
  }

  has(method: string): boolean {
    return this.methods.has(method);
  }

  /** Headers of the answer to OPTIONS: `Allow`, and `Accept-Patch` (RFC 5789 §3.1) if the path has PATCH. */
  get headers(): Readonly<Record<string, string>> {
    return { allow: this.allow, ...(this.has('PATCH') && acceptPatch) };
  }

  /** Returns a 405 with `Allow` (RFC 9110 §15.5.6). */
  refusal(method: string): ProblemError {
    const detail = `${method} is not allowed here. Use one of ${this.allow}.`;
    return new ProblemError('method-not-allowed', detail, { headers: { allow: this.allow } });
  }

  private get allow(): string {
    return [...this.methods].toSorted().join(', ');
  }
}
