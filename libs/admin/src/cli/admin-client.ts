/** The address of an instance and a token for it. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** How long an instance may take to answer, in milliseconds. */
const DEADLINE_MS = 10_000;

/** An answer that is an error, in the words of the server, or that is missing. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError';
  readonly code = 'ADMIN_API_ERROR';
}

/** Sends a request to the admin API of one instance. @throws {AdminApiError} for every answer but a 2xx. */
export async function callAdmin({ url, token }: Target, path: string, body?: object): Promise<unknown> {
  const address = new URL(`admin/cache/${path}`, url.endsWith('/') ? url : `${url}/`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' };
  const { response, text } = await answerOf(address, {
    headers,
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new AdminApiError(`${response.status} ${response.statusText}: ${detailOf(text)}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AdminApiError(`${address.href} answers without JSON. Check --url.`, { cause });
  }
}

async function answerOf(address: URL, request: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(address, { ...request, signal: AbortSignal.timeout(DEADLINE_MS) });
    return { response, text: await response.text() };
  } catch (cause) {
    throw new AdminApiError(`${address.origin} does not answer. Check --url.`, { cause });
  }
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
