export interface ConsoleStep {
  readonly command: string;
  /** The lines that the page shows below the command. */
  readonly output: string;
}

export interface ConsoleBlock {
  readonly line: number;
  /** `after …`: a command that runs first; `redis is down`; `not run: …` with the reason. */
  readonly directive: string | undefined;
  readonly steps: readonly ConsoleStep[];
}

/**
 * Returns the `console` blocks of a page. Each line with `$ ` is a command, and the lines below it are its output. A comment right
 * before a block says what the block needs: `<!-- console: redis is down -->`.
 */
export function consoleBlocks(page: string): ConsoleBlock[] {
  const pattern = /(?:^<!-- console: (?<directive>.+) -->\n\n?)?^```console\n(?<body>[^]*?)^```$/gm;
  return Array.from(page.matchAll(pattern), ({ groups = {}, index }) => ({
    line: page.slice(0, index).split('\n').length,
    directive: groups['directive'],
    steps: stepsOf(groups['body'] ?? ''),
  }));
}

function stepsOf(body: string): ConsoleStep[] {
  return body
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...output] = text.trimEnd().split('\n');
      return { command, output: output.join('\n') };
    });
}

/** What differs in every run, and its mark. npm writes the lines with `>`. */
const CHANCE: readonly (readonly [RegExp, string])[] = [
  [/^> .+$/gm, ''],
  [/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<id>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, '<date>'],
  [/\bttl=\d+/g, 'ttl=<s>'],
  [/"(\w+Ms|flushes)":[\d.]+/g, '"$1":<n>'],
  [/"master":"127\.0\.0\.1:\d+"/g, '"master":"<server>"'],
  [/"lastError":"(?:ECONNREFUSED|ECONNRESET|CONNECTION_CLOSED)"/g, '"lastError":"<no connection>"'],
  [/(consistency-token: )[\w-]+/g, '$1<token>'],
  [/\bin [\d.]+ s\b/g, 'in <n> s'],
  [/(etag: |'if-match: )"(\d+)-[0-9a-f]+"/g, '$1"$2-<fingerprint>"'],
  [/(?<=[a-z])\.\d+@example\.com/g, '.<n>@example.com'],
];

/** Another user of the seed: each run of the tour deletes one. */
const SEEDED: readonly (readonly [RegExp, string])[] = [
  [/"name":"[^"]*","email":"[^"]*@example\.org"/g, '<seeded user>'],
  [/content-length: \d+/g, 'content-length: <n>'],
];

/** Returns an output without what differs in every run. */
export function withoutChance(output: string): string {
  const marked = [...CHANCE, ...SEEDED].reduce((text, [pattern, mark]) => text.replaceAll(pattern, mark), output);
  return marked
    .replaceAll('\r', '')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}

/** Returns a pattern for the output of a page, in which `…` is any text. */
export function patternOf(output: string): RegExp {
  const parts = withoutChance(output)
    .split('…')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^]*')}$`);
}
