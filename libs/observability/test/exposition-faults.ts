/** `text`: version 0.0.4 of the format of Prometheus. `open`: OpenMetrics 1.0. */
export type Format = 'text' | 'open';

/** The suffixes of the samples by the type of their family. */
const SUFFIXES: Record<Format, Partial<Record<string, readonly string[]>>> = {
  text: { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] },
  open: { counter: ['_total'], gauge: [''], histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] },
};
const FAMILY = /^# HELP (?<name>[a-zA-Z_:][\w:]*) (?<help>.*)\n# TYPE \k<name> (?<type>[a-z]+)\n(?<samples>[^]*)$/;
const HELP: Record<Format, RegExp> = { text: /^(?:[^\\]|\\[\\n])*$/, open: /^(?:[^"\\]|\\["\\n])*$/ };
const SAMPLE = new RegExp(
  String.raw`^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>LABEL(?:,LABEL)*)\})? (?<value>NUMBER)(?: # \{(?<exemplar>LABEL(?:,LABEL)*)\} (?<at>NUMBER) NUMBER)?$`
    .replaceAll('LABEL', String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"`)
    .replaceAll('NUMBER', String.raw`(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|Nan)`),
);
const LE = /,?le="([^"]*)"/;
/** The most characters of the names and values in an exemplar. */
const EXEMPLAR_LENGTH = 128;

interface Family {
  readonly name: string;
  readonly type: string;
  readonly suffixes: readonly string[];
  readonly format: Format;
}

interface Sample {
  readonly suffix: string;
  readonly labels: string;
  readonly value: number;
}

/**
 * Returns the faults that a strict parser finds in an exposition whose families each have a help and then a type. A timestamp is a
 * fault too, because Nuthatch sends none.
 */
export function faultsIn(exposition: string, format: Format): string[] {
  const end = format === 'open' ? '\n# EOF\n' : '\n';
  if (!exposition.endsWith(end)) return [`the end is not ${JSON.stringify(end)}`];
  const families = `${exposition.slice(0, -end.length)}\n`.split(/^(?=# HELP )/m);
  const names = new Set<string>();
  return families.flatMap((text) => {
    // Only the text format may have empty lines.
    const family = FAMILY.exec(format === 'text' ? text.replace(/\n+$/, '\n') : text)?.groups;
    const suffixes = SUFFIXES[format][family?.['type'] ?? ''];
    if (!family || !suffixes) return [`not a help, a type and samples: ${text}`];
    const { name = '', help = '', type = '', samples = '' } = family;
    const own = new Set([name, ...suffixes.map((suffix) => `${name}${suffix}`)]);
    const taken = [...own].filter((each) => names.has(each)).map((each) => `the name of two families: ${each}`);
    for (const each of own) names.add(each);
    const escaped = HELP[format].test(help) ? [] : [`a help that is not escaped: ${help}`];
    const lines = samples.split('\n').slice(0, -1);
    return [...taken, ...escaped, ...faultsOfSamples({ name, type, suffixes, format }, lines)];
  });
}

function faultsOfSamples({ name, type, suffixes, format }: Family, lines: readonly string[]): string[] {
  const samples: Sample[] = [];
  const faults = lines.flatMap((line) => {
    const parts = SAMPLE.exec(line)?.groups;
    const suffix = suffixes.find((each) => parts?.['name'] === `${name}${each}`);
    if (!parts || suffix === undefined) return [`not a sample of a ${type}: ${line}`];
    const { labels = '', value = '', exemplar, at = '' } = parts;
    samples.push({ suffix, labels, value: numberOf(value) });
    const mayHave = exemplar === undefined || (format === 'open' && /^_(?:total|bucket)$/.test(suffix));
    const rules: readonly (readonly [rule: string, holds: boolean])[] = [
      ['a count is 0 or more', !/^_(?:total|bucket|count)$/.test(suffix) || numberOf(value) >= 0],
      ['only a counter and a bucket of OpenMetrics have exemplars', mayHave],
      ['an exemplar is short', (exemplar ?? '').replaceAll(/[=",]/g, '').length <= EXEMPLAR_LENGTH],
      ['an exemplar is within its bucket', !(numberOf(at) > numberOf(LE.exec(labels)?.[1] ?? '+Inf'))],
    ];
    return rules.flatMap(([rule, holds]) => (holds ? [] : `${rule}: ${line}`));
  });
  const series = samples.map(({ suffix, labels }) => `${name}${suffix}{${labels}}`);
  const twice = series.filter((each, place) => series.indexOf(each) !== place).map((each) => `a series twice: ${each}`);
  return [...faults, ...twice, ...(type === 'histogram' ? faultsOfBuckets(name, samples) : [])];
}

/** The buckets of each series must rise to `+Inf`, and a sum and the count of that bucket must follow. */
function faultsOfBuckets(family: string, samples: readonly Sample[]): string[] {
  const series = Map.groupBy(samples, ({ labels }) => labels.replace(LE, '').replace(/^,/, ''));
  return [...series].flatMap(([labels, all]) => {
    const buckets = all.filter(({ suffix }) => suffix === '_bucket');
    const bounds = buckets.map((bucket) => numberOf(LE.exec(bucket.labels)?.[1] ?? ''));
    const counts = [...buckets.map(({ value }) => value), ...valuesOf(all, '_count')];
    const isValid =
      bounds.every((bound, place) => bound > (bounds[place - 1] ?? Number.NEGATIVE_INFINITY)) &&
      counts.every((count, place) => count >= (counts[place - 1] ?? 0)) &&
      bounds.at(-1) === Number.POSITIVE_INFINITY &&
      counts.at(-1) === counts.at(-2) &&
      counts.length === buckets.length + 1 &&
      valuesOf(all, '_sum').length === 1;
    return isValid ? [] : [`buckets, sum and count do not agree: ${family}{${labels}}`];
  });
}

function valuesOf(samples: readonly Sample[], wanted: string): number[] {
  return samples.flatMap(({ suffix, value }) => (suffix === wanted ? value : []));
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
