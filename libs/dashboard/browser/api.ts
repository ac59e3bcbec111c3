/** The path that a reverse proxy removes from requests. */
const base = document.documentElement.dataset['base'] ?? '';

/** An answer that is an error, in the words of the server. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const liveUrl = `${base}/dashboard/live`;

/** Requests a path below the application's root. @throws {ApiError} for every answer but a 2xx. */
export async function request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${base}/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.ok) return text === '' ? undefined : JSON.parse(text);
  throw new ApiError(response.status, detailOf(text) ?? `${response.status} ${response.statusText}`);
}

/** Requests JSON of the admin API, which has this shape. */
export async function get<T>(path: string): Promise<T> {
  return (await request('GET', `admin/cache/${path}`)) as T;
}

function detailOf(text: string): string | undefined {
  try {
    const { detail, message } = JSON.parse(text);
    return detail ?? message;
  } catch {
    return undefined;
  }
}
