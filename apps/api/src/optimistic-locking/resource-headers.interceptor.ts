import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { type Observable, tap } from 'rxjs';
import type { Reply } from '../http/problems/reply.js';
import type { EntityTags } from './entity-tags.js';

/** What has an id and is one version up after each change. */
export interface Versioned {
  readonly id: string;
  readonly version: number;
}

/**
 * Says which version of the resource an answer holds (`ETag`) and, of a new one, where it is (`Location`). The answer to a PUT has no
 * `ETag`: it would say that what is stored is, byte by byte, what was sent (RFC 9110 §9.3.4).
 */
export class ResourceHeadersInterceptor implements NestInterceptor<Versioned, Versioned> {
  /** `path`: under which a resource is found by its id, such as `/users`. */
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
