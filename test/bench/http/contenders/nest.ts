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

/** The least that an interceptor can do which answers in place of a handler. */
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

/** The pipeline of Nest, and nothing to do in it. */
export const serve: Serve = (where) => listen('Fastify', { controllers: [UsersController] }, where);

/** What every interceptor of Nest stands on. */
export const serveIntercepted: Serve = (where) => listen('Fastify', { controllers: [InterceptedController] }, where);
