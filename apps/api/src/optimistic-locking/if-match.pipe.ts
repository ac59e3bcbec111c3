import { createParamDecorator, type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import { httpDate } from '@nuthatch/cache';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AppConfig } from '../app.config.js';
import type { EntityTags } from './entity-tags.js';
import { IfMatchRequired, VersionsExcluded } from './version.errors.js';

interface Preconditions {
  readonly headers: IncomingHttpHeaders;
  readonly etags: EntityTags;
}

/** Converts the preconditions of a write to the versions that it may change; `undefined` is any version. */
@Injectable()
export class IfMatchPipe implements PipeTransform<Preconditions, readonly number[] | undefined> {
  constructor(private readonly config: AppConfig) {}

  transform({ headers, etags }: Preconditions): readonly number[] | undefined {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'if-unmodified-since': unmodifiedSince } = headers;
    // Two changes within one second have the same date, so a date does not protect the first one: the client has to send the tag.
    // RFC 9110 §13.1.4 ignores an invalid date.
    const dated = unmodifiedSince !== undefined && httpDate(unmodifiedSince) !== undefined;
    const wanted = this.config.requireIfMatch || dated;
    if (ifMatch === undefined && wanted) throw new IfMatchRequired();
    if (ifNoneMatch === undefined) return etags.accepted(ifMatch);
    // RFC 9110 §13.1.2: the write wants the resource to be absent, so it may change no version.
    if (ifNoneMatch.trim() === '*') return [];
    throw new VersionsExcluded();
  }
}

const preconditions = createParamDecorator((etags: EntityTags, context: ExecutionContext): Preconditions => {
  const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
  return { headers, etags };
});

/** Injects the versions that this write may change, from `If-Match` and `If-None-Match`; `undefined` is any version. */
export const IfMatch = (etags: EntityTags): ParameterDecorator => preconditions(etags, IfMatchPipe);
