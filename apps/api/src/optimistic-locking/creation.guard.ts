import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../http/problems/problem-error.js';
import { VersionsExcluded } from './version.errors.js';

/**
 * Evaluates the preconditions of a POST to a list (RFC 9110 §13.1.1, §13.1.2). The list exists, and its weak entity tags never match
 * in `If-Match`.
 */
export class CreationGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { 'if-match': ifMatch = '*', 'if-none-match': ifNoneMatch } = context
      .switchToHttp()
      .getRequest<IncomingMessage>().headers;
    if (ifMatch.trim() !== '*' || ifNoneMatch?.trim() === '*')
      throw new ProblemError(
        'precondition-failed',
        'The list exists, and its weak entity tags never match If-Match. Leave the preconditions out.',
      );
    if (ifNoneMatch !== undefined) throw new VersionsExcluded();
    return true;
  }
}
