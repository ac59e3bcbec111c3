import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { type Observable, tap } from 'rxjs';
import type { Reply } from '../http/problems/reply.js';
import type { EntityTags } from './entity-tags.js';

/** A resource with an id and a version that each change raises by one. */
export interface Versioned {
  readonly id: string;
  readonly version: number;
}

/**
 * Sets `ETag` and, for a new resource, `Location`. The answer to a PUT has no `ETag`, because an `ETag` there would mean that the
 * stored resource equals the sent body byte by byte (RFC 9110 §9.3.4).
 */
export class ResourceHeadersInterceptor implements NestInterceptor<Versioned, Versioned> {
  /** `path`: the path of the resource without its id, such as `/users`. */
  constructor(
    private readonly path: string,
    private readonly etags: EntityTags,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<Versioned>): Observable<Versioned> {
    const http = context.switchToHttp();
    const request = http.getRequest<IncomingMessage>();
    const reply = http.getResponse<Reply>();
    return next.handle().pipe(
      tap(({ id, version }) => {
        if (request.method !== 'PUT') reply.header('etag', `"${this.etags.of(version)}"`);
        if (request.method === 'POST') reply.header('location', `${this.path}/${id}`);
      }),
    );
  }
}
