import { createParamDecorator, type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { AppConfig } from '../app.config.js';
import type { EntityTags } from './entity-tags.js';
import { IfMatchRequired } from './version.errors.js';

interface IfMatch {
  readonly header: string | undefined;
  readonly etags: EntityTags;
}

/** Reads `If-Match` as the versions a write may change (`undefined`: any). */
@Injectable()
export class IfMatchPipe implements PipeTransform<IfMatch, readonly number[] | undefined> {
  constructor(private readonly config: AppConfig) {}

  transform({ header, etags }: IfMatch): readonly number[] | undefined {
    if (header === undefined && this.config.requireIfMatch) throw new IfMatchRequired();
    return etags.accepted(header);
  }
}

const ifMatch = createParamDecorator((etags: EntityTags, context: ExecutionContext): IfMatch => {
  const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
  return { header: headers['if-match'], etags };
});

/** The versions of the resource that this write may change, from `If-Match`; `undefined`: any. */
export const AcceptedVersions = (etags: EntityTags): ParameterDecorator => ifMatch(etags, IfMatchPipe);
