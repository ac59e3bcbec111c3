import type { Expectation } from './contender.js';
import type { User } from './server/user.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Returns how an answer differs from the expected one. All contenders answer with the same body of a user, byte by byte. */
export function faultOf(answer: Answer, user: User, { status = 200, headers = {} }: Expectation): string | undefined {
  if (answer.status !== status) return `the status is ${answer.status}, not ${status}`;
  const body = status === 200 ? JSON.stringify(user) : '';
  if (answer.body !== body) return `the body is ${answer.body}, not ${body}`;
  const type = answer.headers.get('content-type');
  if (body && type !== 'application/json; charset=utf-8') return `the type is ${type}`;
  for (const [name, part] of Object.entries(headers)) {
    const value = answer.headers.get(name);
    if (!value?.includes(part)) return `${name} is "${value}", without "${part}"`;
  }
  return undefined;
}
