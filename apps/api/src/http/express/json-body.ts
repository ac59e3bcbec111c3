import { raw, type RequestHandler } from 'express';
import { mostBytes, parseJson, refusedBody } from '../json-body.js';
import { ProblemError } from '../problem-error.js';
import { problems } from '../problem.js';

const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Refuses what need not be read to be refused: Express would read all of it first. */
const judge: RequestHandler = (request, _response, next) => {
  const { 'content-type': type, 'content-length': length = '0', 'transfer-encoding': transfer } = request.headers;
  const empty = type === undefined && length === '0' && transfer === undefined;
  if (BODYLESS.has(request.method) || empty) return next('route');
  if (Number(length) <= mostBytes) return next(refusedBody(request));
  const headers = { connection: 'close' };
  return next(new ProblemError('payload-too-large', problems['payload-too-large'].meaning, { headers }));
};

const parse: RequestHandler = (request, _response, next) => {
  const body: unknown = request.body;
  if (Buffer.isBuffer(body)) request.body = parseJson(body);
  next();
};

/** For one route after the other: what they read once is read. */
export const readJsonBody = [judge, raw({ limit: mostBytes, inflate: false, type: () => true }), parse];
