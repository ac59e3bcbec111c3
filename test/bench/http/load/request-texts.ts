import type { Load } from './load.js';

const DIGITS = 8;

/** Returns a function that returns the text of the next request. */
export function requestTexts(load: Load): () => Buffer | string {
  let next = 0;
  if ('numbered' in load.paths) {
    const [before, after] = requestLine(load, load.paths.numbered);
    return () => before + String(next++).padStart(DIGITS, '0') + after;
  }
  const requests = load.paths.inTurn.map((path) => Buffer.from(requestLine(load, path).join('')));
  return () => requests[next++ % requests.length] ?? '';
}

/** Returns the text of a request before and after the end of its path. */
function requestLine({ method, port, headers, body }: Load, path: string): readonly [string, string] {
  const entity = body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': body.length };
  const fields = Object.entries({ Host: `127.0.0.1:${port}`, ...headers, ...entity });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return [`${method} ${path}`, ` HTTP/1.1\r\n${head}\r\n${body ?? ''}`];
}
