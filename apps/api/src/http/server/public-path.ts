import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyReply {
    /** The path under which a reverse proxy publishes this server, such as `/api`; empty without one. */
    readonly publicPath: string;
  }
}

/**
 * Publishes a server under a path that a reverse proxy removes from each request: `Location` and `Link` of every answer begin with it.
 * Handlers set them as if there were no proxy.
 */
export function publishUnder(publicPath: string, server: FastifyInstance): void {
  server.decorateReply('publicPath', publicPath);
  if (publicPath === '') return;
  server.addHook('onSend', (_request, reply, payload, done) => {
    const { location, link } = reply.getHeaders();
    if (typeof location === 'string') reply.header('location', location.replace(ownPath, publicPath));
    if (typeof link === 'string') reply.header('link', link.replaceAll(ownTargets, `<${publicPath}`));
    done(null, payload);
  });
}

/** The beginning of a path. Two slashes would begin the name of another server (RFC 3986 §4.2). */
const ownPath = /^(?=\/(?!\/))/;
/** The beginning of each target of a `Link` that is a path (RFC 8288 §3). */
const ownTargets = /<(?=\/(?!\/))/g;
