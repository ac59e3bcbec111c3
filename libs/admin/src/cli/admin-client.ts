/** The address of an instance and a token for it. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** An answer that is an error, in the words of the server. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError';
  readonly code = 'ADMIN_API_ERROR';
}

/** Sends a request to the admin API of one instance. @throws {AdminApiError} for every answer but a 2xx. */
export async function callAdmin({ url, token }: Target, path: string, body?: object): Promise<unknown> {
  const address = new URL(`admin/cache/${path}`, url.endsWith('/') ? url : `${url}/`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' };
  const response = await fetch(
    address,
    body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
  ).catch((cause: unknown) => {
    throw new AdminApiError(`${address.origin} does not answer. Check --url.`, { cause });
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new AdminApiError(`${response.status} ${response.statusText}: ${detailOf(text)}`);
}

/** Returns the explanation of a problem (RFC 9457), or of an error of Nest. */
function detailOf(text: string): string {
  try {
    const { detail, message, errors } = JSON.parse(text);
    const faults = Array.isArray(errors) ? errors.map((fault) => `\n  ${fault.pointer}: ${fault.detail}`).join('') : '';
    return `${detail ?? message ?? text}${faults}`;
  } catch {
    return text;
  }
}
