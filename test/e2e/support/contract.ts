import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Header, OpenApiDocument, Reference, Response } from '../../../apps/api/src/http/openapi/specification.js';
import type { Answer } from './running-api.js';

/** Headers of HTTP itself: what frames a message, and `Content-Type`, which OpenAPI has elsewhere. */
const ofHttp = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']);

/** Compares answers with an OpenAPI document: what it does not say may not be in them. */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(readonly document: OpenApiDocument) {
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
  }

  /** `/users/{id}` for `/users/42`: a path without parameters comes before one with them. */
  templateOf(path: string): string | undefined {
    const [plain = ''] = path.split('?', 1);
    const fits = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain);
    return Object.keys(this.document.paths)
      .filter(fits)
      .toSorted((a, b) => a.split('{').length - b.split('{').length)[0];
  }

  /** Everything in the answer that is not as documented. */
  faultsOf(method: string, path: string, answer: Answer): string[] {
    const pointer = this.#responsePointer(method.toLowerCase(), path, String(answer.status));
    if (pointer === undefined) return [`${method} ${path}: ${answer.status} is not documented`];
    const response = this.#at<Response>(pointer);
    const mayHaveBody = method !== 'HEAD' && answer.status !== 304;
    const faults = [
      ...this.#headerFaults(response, answer.headers),
      ...(mayHaveBody ? this.#bodyFaults(pointer, response, answer) : answer.text === '' ? [] : ['a body']),
    ];
    return faults.map((fault) => `${method} ${path}: ${answer.status} has ${fault}`);
  }

  #responsePointer(method: string, path: string, status: string): string | undefined {
    const template = this.templateOf(path);
    if (template === undefined) return this.#unrouted('route-not-found', status);
    const operation = this.document.paths[template]?.[method];
    if (!operation) return this.#unrouted('method-not-allowed', status);
    const key = [status, 'default'].find((each) => each in operation.responses);
    if (key === undefined) return undefined;
    const response = operation.responses[key];
    if (response && '$ref' in response) return response.$ref;
    return `#/paths/${template.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/responses/${key}`;
  }

  /** What has no operation is answered by a problem. */
  #unrouted(code: 'route-not-found' | 'method-not-allowed', status: string): string | undefined {
    return status === { 'route-not-found': '404', 'method-not-allowed': '405' }[code]
      ? `#/components/responses/${code}`
      : undefined;
  }

  #headerFaults({ headers = {} }: Response, sent: Headers): string[] {
    const documented = Object.entries(headers).map(([name, header]): [string, Header] => [
      name.toLowerCase(),
      '$ref' in header ? this.#at<Header>(header.$ref) : header,
    ]);
    const names = new Set(documented.map(([name]) => name));
    return [
      ...[...sent.keys()].filter((name) => !names.has(name) && !ofHttp.has(name)).map((name) => `a header ${name}`),
      ...documented.flatMap(([name, { required, schema }]) => {
        const value = sent.get(name);
        if (value === null) return required ? [`no header ${name}`] : [];
        return this.#fits(schema, value) ? [] : [`${name}: ${value}`];
      }),
    ];
  }

  #bodyFaults(pointer: string, { content }: Response, { headers, text, body }: Answer): string[] {
    const [type = ''] = (headers.get('content-type') ?? '').split(';', 1);
    if (!content) return text === '' ? [] : [`a body of ${type}`];
    if (!(type in content)) return [`the media type "${type}"`];
    const schema = { $ref: `api${pointer}/content/${type.replaceAll('/', '~1')}/schema` };
    if (this.#fits(schema, type.endsWith('json') ? body : text)) return [];
    return (this.#ajv.errors ?? []).map(({ instancePath, message, params }) => {
      return `at ${instancePath || '/'}: ${message} ${JSON.stringify(params)}`;
    });
  }

  #fits(schema: object, value: unknown): boolean {
    return this.#ajv.validate(schema, value);
  }

  #at<T>(pointer: Reference['$ref']): T {
    const steps = pointer.split('/').slice(1);
    const found = steps.reduce<unknown>(
      (inner, step) => Object(inner)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
      this.document,
    );
    return found as T;
  }
}
