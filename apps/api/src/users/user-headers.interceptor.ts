import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { entityTag, type User } from './user.js';

/** Says which version of the user an answer holds (`ETag`) and, of a new one, where it is (`Location`). */
@Injectable()
export class UserHeadersInterceptor implements NestInterceptor<User, User> {
  intercept(context: ExecutionContext, next: CallHandler<User>): Observable<User> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      tap(({ id, version }) => {
        reply.header('etag', `"${entityTag(version)}"`);
        if (request.method === 'POST') reply.header('location', `/users/${id}`);
      }),
    );
  }
}
