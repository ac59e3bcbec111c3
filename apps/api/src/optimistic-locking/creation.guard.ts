import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../http/problems/problem-error.js';
import { VersionsExcluded } from './version.errors.js';

/**
 * Evaluates the preconditions of a POST to a list (RFC 9110 §13.1.1, §13.1.2): the list is there, and its tags are weak, which
 * `If-Match` never takes for the same.
 */
export class CreationGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { 'if-match': ifMatch = '*', 'if-none-match': ifNoneMatch } = context
      .switchToHttp()
      .getRequest<IncomingMessage>().headers;
    if (ifMatch.trim() !== '*' || ifNoneMatch?.trim() === '*')
      throw new ProblemError('precondition-failed', 'The list is there, and no version of it can be named.');
    if (ifNoneMatch !== undefined) throw new VersionsExcluded();
    return true;
  }
}
