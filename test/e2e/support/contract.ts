import type { HeaderObject, OpenAPIObject, OperationObject, ReferenceObject, ResponseObject } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Answer } from './running-api.js';

/** Headers of HTTP itself. OpenAPI documents `Content-Type` elsewhere. */
const ofHttp = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']);

/** Answers of the server itself, for a path or a method without an operation. */
const unrouted: Readonly<Record<number, string>> = { 404: 'route-not-found', 405: 'method-not-allowed' };

export interface DocumentedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: OperationObject;
}

/** Compares answers with an OpenAPI document. Everything in an answer must be documented. */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(readonly document: OpenAPIObject) {
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
  }

  get operations(): DocumentedOperation[] {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]: [string, OperationObject]) => ({ path, method, operation })),
    );
  }

  /** `/users/{id}` for `/users/42`. A path without parameters takes precedence. */
  templateOf(path: string): string | undefined {
    const [plain = ''] = path.split('?', 1);
    const fits = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain);
    return Object.keys(this.document.paths)
      .filter(fits)
      .toSorted((a, b) => a.split('{').length - b.split('{').length)[0];
  }

  /** Lists what the document does not allow in the answer. HEAD has the headers of GET. */
  faultsOf(method: string, path: string, answer: Answer): string[] {
    return this.#faultsOf(method, path, answer).map((fault) => `${method} ${path}: ${answer.status} has ${fault}`);
  }

  /** Lists what the schema at this pointer into the document does not allow in the value. */
  schemaFaults(pointer: string, value: unknown): string[] {
    if (this.#ajv.validate({ $ref: `api${pointer}` }, value)) return [];
    return (this.#ajv.errors ?? []).map(
      ({ instancePath, message, params }) => `at ${instancePath || '/'}: ${message} ${JSON.stringify(params)}`,
    );
  }

  #faultsOf(method: string, path: string, answer: Answer): string[] {
    const template = this.templateOf(path);
    const item =
      template === undefined ? undefined : this.#at<Record<string, OperationObject>>(pointerTo('paths', template));
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = item?.[verb];
    if (template === undefined || !operation) return this.#unroutedFaults(method, answer);
    const status = String(answer.status) in operation.responses ? String(answer.status) : 'default';
    const pointer = pointerTo('paths', template, verb, 'responses', status);
    const response = this.#at<ResponseObject>(pointer);
    const bodyless = method === 'HEAD' || answer.status === 304;
    return [
      ...this.#headerFaults(response, answer.headers),
      ...(bodyless ? (answer.text === '' ? [] : ['a body']) : this.#bodyFaults(pointer, response, answer)),
    ];
  }

  #unroutedFaults(method: string, { status, body, text }: Answer): string[] {
    if (method === 'HEAD') return status in unrouted && text === '' ? [] : ['a status that is not documented'];
    if (body?.code !== unrouted[status]) return ['a status that is not documented'];
    return this.schemaFaults('#/components/schemas/Problem', body);
  }

  #headerFaults({ headers = {} }: ResponseObject, sent: Headers): string[] {
    const documented = Object.entries(headers).map(([name, header]): [string, HeaderObject] => [
      name.toLowerCase(),
      '$ref' in header ? this.#at<HeaderObject>(header.$ref) : header,
    ]);
    const names = new Set(documented.map(([name]) => name));
    return [
      ...[...sent.keys()].filter((name) => !names.has(name) && !ofHttp.has(name)).map((name) => `a header ${name}`),
      ...documented.flatMap(([name, { required, schema = {} }]) => {
        const value = sent.get(name);
        if (value === null) return required ? [`no header ${name}`] : [];
        return this.#ajv.validate(schema, value) ? [] : [`${name}: ${value}`];
      }),
    ];
  }

  #bodyFaults(pointer: string, { content }: ResponseObject, { headers, text, body }: Answer): string[] {
    const [type = ''] = (headers.get('content-type') ?? '').split(';', 1);
    if (!content) return text === '' ? [] : [`a body of ${type}`];
    if (!(type in content)) return [`the media type "${type}"`];
    return this.schemaFaults(`${pointer}${pointerTo('content', type, 'schema').slice(1)}`, body);
  }

  #at<T>(pointer: ReferenceObject['$ref']): T {
    const steps = pointer.split('/').slice(1);
    const found = steps.reduce<unknown>(
      (inner, step) => Object(inner)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
      this.document,
    );
    return found as T;
  }
}

/** An RFC 6901 pointer as a URI fragment. */
function pointerTo(...steps: readonly string[]): string {
  return ['#', ...steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}
