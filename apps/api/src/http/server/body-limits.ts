import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The largest body of the route, in bytes. @default 16 KiB */
    readonly bodyLimit?: number;
  }
}

/** The largest body of a route that sets no `bodyLimit`: 16 KiB, four times the largest user. */
export const mostBytes = 16 * 1024;

/** Whatever its size, a body has at most this many objects, lists, members and items, on this many levels. */
export const mostValues = 1_000;
export const mostLevels = 32;

/** Reads the limit of a route from its configuration, where Nest's `@RouteConfig({ bodyLimit })` leaves it. */
export function limitBodies(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const limit = route.config?.bodyLimit;
    if (limit !== undefined) route.bodyLimit = limit;
  });
}

const BYTE = {
  quote: 0x22,
  comma: 0x2c,
  list: 0x5b,
  escape: 0x5c,
  listEnd: 0x5d,
  object: 0x7b,
  objectEnd: 0x7d,
} as const;

/**
 * Returns whether JSON has too many values or levels. It reads the bytes once and creates no value, so a document that is expensive
 * to parse, to validate and to describe in an error is refused at the cost of its bytes.
 */
export function isTooComplex(json: Uint8Array): boolean {
  let [values, levels, inText] = [0, 0, false];
  for (let place = 0; place < json.length; place += 1) {
    const byte = json[place];
    if (byte === BYTE.quote) inText = !inText;
    else if (inText) place += byte === BYTE.escape ? 1 : 0;
    else if (byte === BYTE.comma) values += 1;
    else if (byte === BYTE.object || byte === BYTE.list) [values, levels] = [values + 1, levels + 1];
    else if (byte === BYTE.objectEnd || byte === BYTE.listEnd) levels -= 1;
    if (values > mostValues || levels > mostLevels) return true;
  }
  return false;
}
