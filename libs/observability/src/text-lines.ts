import { type DestinationStream, transport } from 'pino';

/** Facts that `messageFormat` shows, or that only machines read. Others, such as an error, follow below the line. */
const hidden = [
  'pid',
  'hostname',
  'context',
  'requestId',
  'method',
  'path',
  'status',
  'durationMs',
  'aborted',
  'clientAddress',
  'traceId',
  'cache',
];

/** Writes lines for people to stdout: `10:22:30.409 INFO: GET /users 200 3 ms users.page hit l1 request completed`. */
export function textLines(): DestinationStream {
  const messageFormat =
    '{if context}[{context}] {end}{if method}{method} {path} {status} {end}{if durationMs}{durationMs} ms {end}' +
    '{if cache}{cache.name} {cache.result} {cache.tier} {end}{msg}';
  return transport({
    target: 'pino-pretty',
    options: { translateTime: 'SYS:HH:MM:ss.l', ignore: hidden.join(), messageFormat },
  });
}
