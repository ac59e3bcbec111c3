import { ExpressAdapter } from '@nestjs/platform-express';
import type { Application, RequestHandler } from 'express';
import { createServer } from 'node:http';
import { AllowedMethods } from '../allowed-methods.js';
import { refuseBrokenRequest } from '../broken-request.js';
import { goOnUnexpected, mostParameterLength } from '../every-request.js';
import { ProblemError } from '../problem-error.js';
import { problems } from '../problem.js';
import { readJsonBody } from './json-body.js';

/** Routes as Nest gives them: a path and its handler. */
type Route = unknown[];

/** Before the first route of each path it puts what holds for all of them: the methods there are, and how bodies are read. */
export class ApiExpressAdapter extends ExpressAdapter {
  private readonly byPath = new Map<unknown, AllowedMethods>();

  override initHttpServer(): void {
    // Node would answer a request without a Host by itself, without a body. The times are those of Fastify.
    const options = { requireHostHeader: false, requestTimeout: 30_000, keepAliveTimeout: 72_000 };
    this.httpServer = createServer(options, this.getInstance<Application>()).on('clientError', refuseBrokenRequest);
    goOnUnexpected(this.httpServer);
  }

  override get(...route: Route): unknown {
    return this.at(route, 'GET', 'HEAD').get(...route);
  }

  override post(...route: Route): unknown {
    return this.at(route, 'POST').post(...route);
  }

  override put(...route: Route): unknown {
    return this.at(route, 'PUT').put(...route);
  }

  override patch(...route: Route): unknown {
    return this.at(route, 'PATCH').patch(...route);
  }

  override delete(...route: Route): unknown {
    return this.at(route, 'DELETE').delete(...route);
  }

  private at([path]: Route, ...methods: readonly string[]) {
    let allowed = this.byPath.get(path);
    if (!allowed) {
      allowed = new AllowedMethods();
      this.byPath.set(path, allowed);
      this.instance.all(path, refuseLongParameters, refuseOthers(allowed), ...readJsonBody);
    }
    allowed.add(methods);
    return this.instance;
  }
}

const refuseLongParameters: RequestHandler = ({ params }, _response, next) => {
  const tooLong = Object.values(params).some((value) => value.length > mostParameterLength);
  next(tooLong ? new ProblemError('uri-too-long', problems['uri-too-long'].meaning) : undefined);
};

/** Before the body is read: it does not matter what a request that we refuse carries. */
function refuseOthers(allowed: AllowedMethods): RequestHandler {
  return ({ method }, response, next) => {
    if (method === 'OPTIONS') response.status(204).set(allowed.headers).end();
    else next(allowed.has(method) ? undefined : allowed.refusal(method));
  };
}
