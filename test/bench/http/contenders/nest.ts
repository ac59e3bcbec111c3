import { Controller, Get, Header, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import { type Observable, of } from 'rxjs';
import type { Serve } from '../contender.js';
import { listen } from '../server/listen.js';
import { USER, type User } from '../server/user.js';

@Controller('users')
class UsersController {
  @Get(':id')
  find(): User {
    return USER;
  }
}

/** Answers instead of the handler, which is the least that such an interceptor can do. */
class Constant implements NestInterceptor {
  readonly #text = JSON.stringify(USER);

  intercept(): Observable<string> {
    return of(this.#text);
  }
}

@Controller('users')
@UseInterceptors(Constant)
class InterceptedController {
  @Get(':id')
  @Header('Content-Type', 'application/json; charset=utf-8')
  find(): User {
    return USER;
  }
}

/** Serves a constant through Nest's pipeline. */
export const serve: Serve = (where) => listen('Fastify', { controllers: [UsersController] }, where);

/** Serves a constant from an interceptor: the limit of all interceptors. */
export const serveIntercepted: Serve = (where) => listen('Fastify', { controllers: [InterceptedController] }, where);
