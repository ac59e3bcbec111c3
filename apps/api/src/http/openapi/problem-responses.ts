import { problems, type ProblemCode } from '../problems/problem.js';
import { type HeaderName, headerReferences } from './headers.js';
import type { Example, Reference, Response } from './specification.js';

/** What may become of any request: on its way here, or before a route is found for it. */
const early: readonly ProblemCode[] = [
  'unauthorized',
  'forbidden',
  'not-acceptable',
  'request-timeout',
  'uri-too-long',
  'headers-too-large',
];

/** Headers that come with a status. Of a 404: what is known to be absent was found in the cache. Of a 415: to a PATCH. */
const headersOf: Readonly<Record<number, readonly HeaderName[]>> = {
  404: ['Cache-Status', 'X-Cache'],
  405: ['Allow'],
  412: ['ETag'],
  415: ['Accept-Patch'],
  503: ['Retry-After'],
};

/** The problems of the operations, as components: one for each problem, and one for each set of them that share a status. */
export class ProblemResponses {
  readonly components: Record<string, Response>;
  readonly examples: Readonly<Record<string, Example>>;

  constructor() {
    const codes = Object.keys(problems).filter(isProblemCode);
    this.examples = Object.fromEntries(codes.map((code) => [code, { value: example(code) }]));
    this.components = Object.fromEntries(codes.map((code) => [code, responseOf([code])]));
    this.components['default'] = responseOf(early);
  }

  /** The responses of an operation that answers with these problems, by status. */
  of(codes: Iterable<ProblemCode>): Record<string, Reference> {
    const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status);
    const references = [...byStatus].map(([status, those]) => [status, this.#reference(those)]);
    return { ...Object.fromEntries(references), default: { $ref: '#/components/responses/default' } };
  }

  /** Its name says what it is: `validation.unknown-parameter`. */
  #reference(codes: readonly ProblemCode[]): Reference {
    const name = codes.join('.');
    this.components[name] ??= responseOf(codes);
    return { $ref: `#/components/responses/${name}` };
  }
}

/** The problems that such a reference stands for; `default` where it is that one. */
export function codesIn({ $ref }: Reference): string[] {
  return ($ref.split('/').at(-1) ?? '').split('.');
}

function responseOf(codes: readonly ProblemCode[]): Response {
  const statuses = [...new Set(codes.map((code) => problems[code].status))];
  const names = statuses.flatMap((status) => headersOf[status] ?? []);
  return {
    description: codes.map((code) => problems[code].title).join(' · '),
    headers: headerReferences(['X-Request-Id', 'Cache-Control', ...names]),
    content: {
      'application/problem+json': {
        schema: {
          $ref: '#/components/schemas/Problem',
          properties: { status: { enum: statuses }, code: { enum: codes } },
        },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

function example(code: ProblemCode) {
  const { status, title, meaning } = problems[code];
  const requestId = '0b7a4e53-7d0c-4a52-9c3f-3f1d6f0f7f11';
  return { type: `/problems/${code}`, title, status, detail: meaning, instance: '/the/path', code, requestId };
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}
