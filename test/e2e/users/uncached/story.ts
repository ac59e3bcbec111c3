import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { userTag } from '../../support/entity-tags.js';
import type { Answer, RunningApi } from '../../support/running-api.js';
import { type Conditions, headersOf, type KnownTags, verdictOf } from './conditions.js';
import { ListTags } from './list-tags.js';
import type { Change, Step } from './steps.js';
import { addressOf, type User, UsersModel } from './users-model.js';

type StepOf<What extends Step['do']> = Extract<Step, { readonly do: What }>;

/** Sends one request after the other and compares each answer with the answer of an API without a cache. */
export class Story {
  readonly #model = new UsersModel();
  readonly #tags = new ListTags();

  constructor(private readonly send: RunningApi['send']) {}

  async tell(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#take(step);
  }

  #take(step: Step): Promise<void> {
    switch (step.do) {
      case 'create':
        return this.#create(step);
      case 'find':
        return this.#find(step);
      case 'list':
        return this.#list(step);
      case 'batch':
        return this.#batch(step);
      case 'lookup':
        return this.#lookup(step);
      case 'write':
        return this.#write(step);
    }
  }

  async #create({ change }: StepOf<'create'>): Promise<void> {
    const answer = await this.send('POST', '/users', { body: bodyOf(change) });
    neverStored(answer);
    if (change.unknown) return isProblem(answer, 400, 'validation');
    if (this.#model.isTaken(change)) return isProblem(answer, 409, 'email-taken');
    equal(answer.status, 201);
    this.#model.created(answer.body, change);
    equal(answer.headers.get('location'), `/users/${answer.body.id}`);
    equal(answer.headers.get('etag'), userTag(1));
  }

  async #find({ method, who, conditions }: StepOf<'find'>): Promise<void> {
    const id = this.#model.idOf(who);
    const tags = this.#model.tagsOf(id);
    const answer = await this.send(method, `/users/${id}`, { headers: headersOf(conditions, tags) });
    this.#isUser(answer, this.#model.find(id), { method, conditions });
  }

  async #list({ method, limit, conditions }: StepOf<'list'>): Promise<void> {
    const path = `/users?limit=${limit}`;
    const users = this.#model.all();
    const [data, hasMore] = [users.slice(0, limit), users.length > limit];
    const page = JSON.stringify([data, hasMore]);
    const tags = this.#tags.of(path, page);
    const answer = await this.send(method, path, { headers: headersOf(conditions, tags) });
    if (!isAnswered(answer, method, conditions, tags)) return;
    this.#tags.learn(path, page, answer.headers.get('etag') ?? '');
    if (method === 'HEAD') return equal(answer.text, '');
    const { nextCursor } = answer.body.page;
    if (hasMore) match(nextCursor, /^[\w-]+$/);
    else equal(nextCursor, null);
    isJson(answer, method, JSON.stringify({ data, page: { limit, nextCursor, hasMore } }));
  }

  async #batch({ users }: StepOf<'batch'>): Promise<void> {
    const requested = users.map((who) => this.#model.idOf(who));
    const ids = [...new Set(requested)];
    const answer = await this.send('GET', `/users/batch?ids=${requested.join(',')}`);
    const data = ids.flatMap((id) => this.#model.find(id) ?? []);
    const missing = ids.filter((id) => !this.#model.find(id));
    equal(answer.status, 200);
    deepEqual(answer.body, { data, missing });
  }

  async #lookup({ method, email, conditions }: StepOf<'lookup'>): Promise<void> {
    const user = this.#model.holderOf(email);
    const tags = this.#model.tagsOf(user?.id ?? '');
    const path = `/users/lookup?email=${addressOf(email)}`;
    this.#isUser(await this.send(method, path, { headers: headersOf(conditions, tags) }), user, { method, conditions });
  }

  #isUser(
    answer: Answer,
    user: User | undefined,
    { method, conditions }: Pick<StepOf<'lookup'>, 'method' | 'conditions'>,
  ) {
    if (!user) return isProblem(answer, 404, 'user-not-found', method);
    const tags = this.#model.tagsOf(user.id);
    if (!isAnswered(answer, method, conditions, tags)) return;
    equal(answer.headers.get('etag'), `"${tags.now}"`);
    isJson(answer, method, JSON.stringify(user));
  }

  async #write({ method, who, change, conditions }: StepOf<'write'>): Promise<void> {
    const id = this.#model.idOf(who);
    const tags = this.#model.tagsOf(id);
    const sent = { headers: headersOf(conditions, tags), ...(method !== 'DELETE' && { body: bodyOf(change) }) };
    const answer = await this.send(method, `/users/${id}`, sent);
    neverStored(answer);
    // A write with entity tags in If-None-Match is refused.
    if ((conditions.ifNoneMatch ?? '*') !== '*') return isProblem(answer, 400, 'malformed-request');
    if (change.unknown && method !== 'DELETE') return isProblem(answer, 400, 'validation');
    if (!this.#model.find(id)) return isProblem(answer, 404, 'user-not-found');
    if (verdictOf(conditions, tags) !== 'proceed') {
      equal(answer.headers.get('etag'), `"${tags.now}"`);
      return isProblem(answer, 412, 'precondition-failed');
    }
    if (method === 'DELETE') {
      deepEqual([answer.status, answer.text], [204, '']);
      return this.#model.removed(id);
    }
    if (this.#model.isTaken(change, id)) return isProblem(answer, 409, 'email-taken');
    equal(answer.status, 200);
    this.#model.changed(id, answer.body, change);
    equal(answer.headers.get('etag'), method === 'PUT' ? null : `"${this.#model.tagsOf(id).now}"`);
  }
}

function bodyOf({ name, email, unknown }: Change): Readonly<Record<string, unknown>> {
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email: addressOf(email) }),
    ...(unknown && { unknown }),
  };
}

/** Returns whether the answer has the resource, and checks a 304 or 412 of RFC 9110 §13.2.2. */
function isAnswered(answer: Answer, method: string, conditions: Conditions, tags: KnownTags): boolean {
  const verdict = verdictOf(conditions, tags);
  if (verdict === 'other') isProblem(answer, 412, 'precondition-failed', method);
  else equal(answer.headers.get('cache-control'), 'private, no-cache');
  if (verdict === 'same') {
    deepEqual([answer.status, answer.text], [304, '']);
    if (tags.now !== undefined) equal(answer.headers.get('etag'), `${tags.weak ? 'W/' : ''}"${tags.now}"`);
  }
  if (verdict === 'proceed') equal(answer.status, 200);
  return verdict === 'proceed';
}

function isJson({ text, headers }: Answer, method: string, expected: string): void {
  equal(text, method === 'HEAD' ? '' : expected);
  equal(headers.get('content-type'), 'application/json; charset=utf-8');
  equal(headers.get('content-length'), String(Buffer.byteLength(expected)));
}

function isProblem(answer: Answer, status: number, code: string, method = 'GET'): void {
  equal(answer.status, status);
  match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  equal(answer.headers.get('cache-control'), 'no-store');
  if (method === 'HEAD') equal(answer.text, '');
  else equal(answer.body.code, code);
}

function neverStored({ headers }: Answer): void {
  equal(headers.get('cache-control'), 'no-store');
  ok(!headers.has('cache-status'));
}
