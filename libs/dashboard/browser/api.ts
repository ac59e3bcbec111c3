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

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export const liveUrl = `${base}/dashboard/live`;

/** What a request may have besides its path. */
interface RequestOptions {
  readonly body?: object;
  /** A token of the admin API. A session needs none. */
  readonly token?: string;
}

/** Requests a path below the application's root. @throws {ApiError} for every answer but a 2xx, and when there is none. */
export async function request(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { body, token }: RequestOptions = {},
): Promise<unknown> {
  const response = await fetch(`${base}/${path}`, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, 'The server does not answer.');
  });
  const text = await response.text();
  if (response.ok) return text === '' ? undefined : JSON.parse(text);
  throw new ApiError(response.status, detailOf(text) ?? `${response.status} ${response.statusText}`);
}

/** Requests JSON of the admin API, which has this shape. */
export async function get<T>(path: string): Promise<T> {
  return (await request('GET', `admin/cache/${path}`)) as T;
}

/** The errors of an application that answers problem details (RFC 9457), and those of Nest. */
interface ErrorBody {
  readonly detail?: string;
  readonly errors?: readonly { readonly detail: string }[];
  readonly message?: string;
  readonly faults?: readonly { readonly message: string }[];
}

function detailOf(text: string): string | undefined {
  try {
    const { detail, message, errors, faults } = JSON.parse(text) as ErrorBody;
    const reasons = errors?.map((fault) => fault.detail) ?? faults?.map((fault) => fault.message) ?? [];
    return [detail ?? message, ...reasons].join(' ');
  } catch {
    return undefined;
  }
}
