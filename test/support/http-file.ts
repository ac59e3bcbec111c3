/** One request of a `.http` file, with its placeholders. */
export interface FileRequest {
  readonly title: string;
  /** The name by which later requests refer to its response: `# @name ada`. */
  readonly name: string | undefined;
  readonly method: string;
  readonly url: string;
  /** The headers, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly expected: { readonly status: number; readonly header: readonly [name: string, value: string] | undefined };
}

export interface FileAnswer {
  readonly headers: Headers;
  readonly body: unknown;
}

/** Returns the requests of a file in REST Client syntax. Each has its expected response in `# expect 200 X-Cache: HIT`. */
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
  if (status === undefined || url === '') throw new Error(`"${title.trim()}" is not a request with a line "# expect".`);
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
    if (typeof value !== 'string') throw new Error(`{{${expression}}} does not refer to an earlier response.`);
    return value;
  });
}

function memberOf(inner: unknown, name: string): unknown {
  return typeof inner === 'object' && inner !== null ? new Map(Object.entries(inner)).get(name) : undefined;
}
