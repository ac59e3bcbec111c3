import { isIP } from 'node:net';
import { z } from 'zod';

/** Accepts the URL of a server with one of these protocols and a path that matches `path`. */
export function addressOf(protocols: readonly string[], path = /^/): z.ZodType<string> {
  return z.string().refine((text) => {
    const url = URL.parse(text);
    return (
      url !== null &&
      protocols.includes(url.protocol) &&
      url.hostname !== '' &&
      path.test(url.pathname) &&
      isDecodable(url)
    );
  });
}

/** Parses `host:port,host:port`. Refuses an address without a port. */
export function serverAddresses(text: string, context: z.RefinementCtx): { host: string; port: number }[] {
  return text.split(',').map((address) => {
    const url = URL.parse(`redis://${address.trim()}`);
    if (url === null || url.port === '' || url.host !== address.trim().toLowerCase())
      context.addIssue('Not a list of host:port.');
    return { host: url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '', port: Number(url?.port) };
  });
}

/** Returns whether the drivers can decode these parts. Their own errors would not name the setting. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every((part) => decodeURIComponent(part) !== undefined);
  } catch {
    return false;
  }
}

/** Whether a text lists addresses, networks in CIDR notation, and the names of networks that Fastify knows. */
export function areNetworks(text: string): boolean {
  return text.split(',').every((part) => isNetwork(part.trim()));
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits = '1', ...rest] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && rest.length === 0 && /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most;
}
