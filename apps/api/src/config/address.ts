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

/** Returns whether the drivers can decode these parts. Their own errors would not name the setting. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every((part) => decodeURIComponent(part) !== undefined);
  } catch {
    return false;
  }
}
