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

/** Reads the preconditions of a write as the versions that it may change (`undefined`: any). */
@Injectable()
export class IfMatchPipe implements PipeTransform<Preconditions, readonly number[] | undefined> {
  constructor(private readonly config: AppConfig) {}

  transform({ headers, etags }: Preconditions): readonly number[] | undefined {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'if-unmodified-since': unmodifiedSince } = headers;
    // Two changes within one second have one date: rather than lose one of them, the tag is asked for. What is no date is ignored
    // (RFC 9110 §13.1.4).
    const dated = unmodifiedSince !== undefined && httpDate(unmodifiedSince) !== undefined;
    const wanted = this.config.requireIfMatch || dated;
    if (ifMatch === undefined && wanted) throw new IfMatchRequired();
    if (ifNoneMatch === undefined) return etags.accepted(ifMatch);
    // "Only if it is not there": it may change no version (RFC 9110 §13.1.2).
    if (ifNoneMatch.trim() === '*') return [];
    throw new VersionsExcluded();
  }
}

const preconditions = createParamDecorator((etags: EntityTags, context: ExecutionContext): Preconditions => {
  const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
  return { headers, etags };
});

/** The versions of the resource that this write may change, from `If-Match` and `If-None-Match`; `undefined`: any. */
export const IfMatch = (etags: EntityTags): ParameterDecorator => preconditions(etags, IfMatchPipe);
