import { z } from 'zod';

/** The URL of a server, by one of these protocols, whose path is as `path` says. */
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

/** The drivers decode these, and throw something else than a list of what is wrong. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every((part) => decodeURIComponent(part) !== undefined);
  } catch {
    return false;
  }
}
