import type { ExpressAdapter } from '@nestjs/platform-express';
import express, { type RequestHandler } from 'express';
import { parse } from 'node:querystring';
import { firstHeaders, hostProblem, queryProblem } from '../every-request.js';
import { ProblemError } from '../problem-error.js';
import { problems } from '../problem.js';
import { logRefused } from '../refused-request.js';
import { requestId } from '../request-id.js';
import { ApiExpressAdapter } from './api-express-adapter.js';

/** Express as this API uses it, for those who must: it answers what Fastify answers. */
export function createExpressAdapter(): ExpressAdapter {
  const app = express();
  for (const setting of ['case sensitive routing', 'strict routing']) app.enable(setting);
  for (const setting of ['x-powered-by', 'etag']) app.disable(setting);
  // Repeated parameters are a list, brackets mean nothing, and however many there are, all of them are read.
  app.set('query parser', (query: string) => parse(query, '&', '=', { maxKeys: 0 }));
  // Express would evaluate preconditions when it sends something. The cache does, once.
  Object.defineProperty(app.request, 'fresh', { value: false });
  app.use(begin);
  return new ApiExpressAdapter(app);
}

const begin: RequestHandler = (request, response, next) => {
  const id = requestId(request);
  Object.assign(request, { id });
  response.set(firstHeaders({ id, method: request.method }));
  const problem = hostProblem(request) ?? undecodable(request.path) ?? queryProblem(request.url);
  if (problem) logRefused(problem, { id, method: request.method, originalUrl: request.originalUrl });
  next(problem);
};

/** Express itself looks only where a route has a parameter. */
function undecodable(path: string): ProblemError | undefined {
  try {
    decodeURI(path);
    return undefined;
  } catch (cause) {
    return new ProblemError('malformed-request', problems['malformed-request'].meaning, { cause });
  }
}
