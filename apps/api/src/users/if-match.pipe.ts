import { createParamDecorator, type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../app.config.js';
import { acceptedVersions } from './user.js';
import { IfMatchRequired } from './users.errors.js';

/** Reads `If-Match` as the versions a write may change (`undefined`: any). */
@Injectable()
export class IfMatchPipe implements PipeTransform<string | undefined, readonly number[] | undefined> {
  constructor(private readonly config: AppConfig) {}

  transform(header: string | undefined): readonly number[] | undefined {
    if (header === undefined && this.config.requireIfMatch) throw new IfMatchRequired();
    return acceptedVersions(header);
  }
}

const ifMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'],
);

/** The versions of the user that this write may change, from `If-Match`; `undefined`: any. */
export const AcceptedVersions = (): ParameterDecorator => ifMatch(IfMatchPipe);
