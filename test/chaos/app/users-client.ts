import type { OrdersOfUser } from '../../../apps/api/src/orders/order.js';
import type { User, UsersBatch, UsersPage } from '../../../apps/api/src/users/user.js';
import type { Source } from '../../consistency/processes/history/operation.js';
import { LISTS, listOf, type Row, ROWS } from '../../consistency/processes/worker/rows.js';
import type { RowAccess, Seen, Written } from '../../consistency/processes/worker/sessions.js';
import type { HttpClient, HttpResponse } from './http-client.js';
import { emailOf, idOf, keyOf, nameIn, nameOf, versionOf } from './users.js';

/** The share of reads of one user that name its address instead of its id. */
const LOOKUP_SHARE = 0.25;
/** The share of reads of one user that are conditional, if the client has an entity tag. */
const CONDITIONAL_SHARE = 0.5;

/** The users of one instance, as its clients read and write them over HTTP. */
export class UsersClient implements RowAccess {
  /** The newest entity tag of each user that a response had. */
  readonly #etags = new Map<number, string>();

  constructor(
    private readonly http: HttpClient,
    /** Whether the invalidation of a write of the user is pending in the instance. No response has this. */
    private readonly isPending: (id: string) => boolean,
  ) {}

  async readRow(key: number, strong: boolean): Promise<Seen> {
    const path = Math.random() < LOOKUP_SHARE ? `/users/lookup?email=${emailOf(key)}` : `/users/${idOf(key)}`;
    const etag = Math.random() < CONDITIONAL_SHARE ? this.#etags.get(key) : undefined;
    const response = await this.#get(path, strong, etag);
    const version = versionIn(response);
    if (response.status === 304) return { rows: [{ id: key, version }], source: sourceOf(response) };
    this.#learn(key, response);
    const user: User = JSON.parse(response.body);
    if (user.version !== version) throw new Error(`Version ${user.version} has the entity tag of version ${version}.`);
    return { rows: [rowOf(user)], source: sourceOf(response) };
  }

  async readList(key: number, strong: boolean): Promise<Seen> {
    const q = encodeURIComponent(nameIn(listOf(key)).trim());
    const response = await this.#get(`/users?limit=${ROWS}&q=${q}`, strong);
    const { data }: UsersPage = JSON.parse(response.body);
    if (data.length !== ROWS / LISTS) throw new Error(`A list has ${data.length} users.`);
    return { rows: data.map(rowOf), source: sourceOf(response) };
  }

  /** Reads the orders of the user. The response has the name of the user, which its load reads through the cache. */
  async readCompound(key: number, strong: boolean): Promise<Seen> {
    const response = await this.#get(`/users/${idOf(key)}/orders`, strong);
    const { user }: OrdersOfUser = JSON.parse(response.body);
    return { rows: [{ id: key, version: versionOf(user.name) }], source: sourceOf(response, 'rows') };
  }

  async readMany(keys: readonly number[], strong: boolean): Promise<Seen> {
    const { body } = await this.#get(`/users/batch?ids=${keys.map(idOf).join()}`, strong);
    const { data, missing }: UsersBatch = JSON.parse(body);
    if (missing.length > 0) throw new Error(`A batch lacks ${missing.length} users.`);
    return { rows: data.map(rowOf), source: 'batch' };
  }

  /** Changes the version that the client has. If another client was faster, the response has the current one, and it tries again. */
  async write(key: number): Promise<Written> {
    if (!this.#etags.has(key)) this.#learn(key, await this.#get(`/users/${idOf(key)}`, false));
    for (;;) {
      const etag = this.#etags.get(key) ?? '';
      const body = { name: nameOf(key, versionOfEtag(etag) + 1) };
      const response = await this.http.send('PATCH', `/users/${idOf(key)}`, { headers: { 'if-match': etag }, body });
      if (response.status !== 200 && response.status !== 412) throw failureOf('PATCH', response);
      const version = versionIn(response);
      if (!(version > versionOfEtag(etag))) throw new Error(`Version ${version} replaces ${etag}.`);
      this.#learn(key, response);
      if (response.status === 200) return { version, pending: this.isPending(idOf(key)) };
    }
  }

  async #get(path: string, strong: boolean, etag?: string): Promise<HttpResponse> {
    const headers = {
      ...(strong && { 'cache-control': 'no-cache' }),
      ...(etag !== undefined && { 'if-none-match': etag }),
    };
    const response = await this.http.send('GET', path, { headers });
    if (response.status === 200 || (response.status === 304 && etag !== undefined)) return response;
    throw failureOf('GET', response);
  }

  /** Keeps the entity tag of a response, unless a newer one is known. */
  #learn(key: number, response: HttpResponse): void {
    const { etag } = response.headers;
    const present = this.#etags.get(key);
    if (etag !== undefined && (present === undefined || versionIn(response) > versionOfEtag(present)))
      this.#etags.set(key, etag);
  }
}

const rowOf = ({ id, version }: User): Row => ({ id: keyOf(id), version });

const versionIn = ({ headers }: HttpResponse): number => versionOfEtag(headers.etag ?? '');
const versionOfEtag = (etag: string): number => Number(/^"(\d+)-/.exec(etag)?.[1]);

/** Returns where the value was found, of `Cache-Status`. */
function sourceOf({ headers }: HttpResponse, loadedFrom: Source = 'origin'): Source {
  const [, tier] = /; hit; .*detail=(l[12])/.exec(String(headers['cache-status'])) ?? [];
  return tier === 'l1' || tier === 'l2' ? tier : loadedFrom;
}

/** Returns an error with the status of a problem and its type, so that equal failures have one text. */
function failureOf(method: string, { status, body }: HttpResponse): Error {
  const { type = '' }: { readonly type?: string } = body === '' ? {} : JSON.parse(body);
  return new Error(`${method} ${status} ${type}`);
}
