/** One request of a `.http` file, with its placeholders still in it. */
export interface FileRequest {
  readonly title: string;
  /** By which later requests refer to its answer: `# @name ada`. */
  readonly name: string | undefined;
  readonly method: string;
  readonly url: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly expected: { readonly status: number; readonly header: readonly [name: string, value: string] | undefined };
}

export interface FileAnswer {
  readonly headers: Headers;
  readonly body: unknown;
}

/** The requests of a file in the syntax of the REST Client. Each says by `# expect 200 X-Cache: HIT` what is to come of it. */
export function readHttpFile(text: string): FileRequest[] {
  return text.split(/^###/m).slice(1).map(readRequest);
}

function readRequest(block: string): FileRequest {
  const [head = '', ...rest] = block.trim().split(/\n\n/);
  const [title = '', ...lines] = head.split('\n');
  const comment = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.groups).find((groups) => groups);
  const [request = '', ...fields] = lines.filter((line) => !line.startsWith('#'));
  const [method = '', url = ''] = request.split(' ');
  const { status, field, value } = comment(/^# expect (?<status>\d{3})(?: (?<field>[\w-]+): (?<value>.+))?$/) ?? {};
  if (status === undefined || url === '') throw new Error(`"${title.trim()}" is no request that says what it expects.`);
  return {
    title: title.trim(),
    name: comment(/^# @name (?<name>\w+)$/)?.['name'],
    method,
    url,
    headers: Object.fromEntries(fields.map(readField)),
    body: rest.length > 0 ? rest.join('\n\n') : undefined,
    expected: { status: Number(status), header: field && value ? [field, value] : undefined },
  };
}

function readField(line: string): [string, string] {
  const [, name = '', value = ''] = /^([\w-]+): *(.*)$/.exec(line) ?? [];
  return [name.toLowerCase(), value];
}

/** `{{host}}` is a variable; `{{ada.response.body.$.id}}` and `{{ada.response.headers.ETag}}` are parts of an earlier answer. */
export function filled(text: string, host: string, answers: ReadonlyMap<string, FileAnswer>): string {
  return text.replaceAll(/\{\{(.+?)\}\}/g, (_, expression: string) => {
    if (expression === 'host') return host;
    const [name = '', , part, ...path] = expression.split('.');
    const answer = answers.get(name);
    const value =
      part === 'headers' ? answer?.headers.get(path.join('.')) : path.slice(1).reduce(memberOf, answer?.body);
    if (typeof value !== 'string') throw new Error(`{{${expression}}} is nothing that was answered before.`);
    return value;
  });
}

function memberOf(inner: unknown, name: string): unknown {
  return typeof inner === 'object' && inner !== null ? new Map(Object.entries(inner)).get(name) : undefined;
}
