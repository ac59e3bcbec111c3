import type { Registry } from 'prom-client';
import type { Family, Labels, MetricSource, Sample } from './family.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** The answer to one scrape. */
export interface Exposed {
  readonly contentType: string;
  readonly body: string;
}

/** Writes the metrics of all sources, and those of a registry of prom-client, in the format that a scraper accepts. */
export class Exposition {
  constructor(
    private readonly sources: readonly MetricSource[],
    private readonly registry: Registry,
  ) {}

  async scrape(accept: string | undefined): Promise<Exposed> {
    const isOpen = prefersOpenMetrics(accept);
    const own = textOf(
      this.sources.flatMap((source) => source()),
      isOpen,
    );
    const others = await this.registry.metrics();
    return isOpen
      ? { contentType: OPEN_METRICS, body: `${own}${asOpenMetrics(others)}# EOF\n` }
      : { contentType: TEXT, body: `${own}${others}` };
  }
}

/** Whether the `Accept` field prefers OpenMetrics to the text format of Prometheus. */
export function prefersOpenMetrics(accept = ''): boolean {
  const weights = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
  });
  const weightOf = (wanted: string): number =>
    Math.max(0, ...weights.flatMap(({ type, weight }) => (type === wanted ? weight : [])));
  const open = weightOf('application/openmetrics-text');
  return open > 0 && open >= weightOf('text/plain');
}

function textOf(families: readonly Family[], isOpen: boolean): string {
  let text = '';
  for (const { name, help, type, samples } of families) {
    const described = isOpen && type === 'counter' ? name.replace(/_total$/, '') : name;
    text += `# HELP ${described} ${helpOf(help, isOpen)}\n# TYPE ${described} ${type}\n`;
    for (const sample of samples) text += `${name}${lineOf(sample)}${isOpen ? exemplarOf(sample) : ''}\n`;
  }
  return text;
}

/** Only OpenMetrics escapes the quotes of a help text. */
function helpOf(help: string, isOpen: boolean): string {
  return isOpen ? escaped(help) : help.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}

function lineOf({ labels, value, suffix }: Sample): string {
  return `${suffix ?? ''}${labelsOf(labels)} ${value}`;
}

function labelsOf(labels: Labels): string {
  let text = '';
  for (const name in labels) text += `${text === '' ? '' : ','}${name}="${escaped(labels[name] ?? '')}"`;
  return text === '' ? '' : `{${text}}`;
}

function escaped(value: string): string {
  return /["\\\n]/.test(value) ? value.replace(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`) : value;
}

function exemplarOf({ exemplar }: Sample): string {
  if (!exemplar) return '';
  const { traceId, spanId, ms, at } = exemplar;
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${ms / 1_000} ${at / 1_000}`;
}

/**
 * Returns the text of prom-client as OpenMetrics. There a counter is described without `_total`, its samples end in it, and no line is
 * empty. A gauge keeps a name that ends in `_total`: without it, `nodejs_active_handles_total` would be another gauge of Node.
 */
function asOpenMetrics(text: string): string {
  return text.split('\n\n').map(asOpenFamily).join('\n').replace(/^\n/gm, '');
}

function asOpenFamily(text: string): string {
  const described = text.replace(/^# HELP .*/gm, (line) => line.replaceAll('"', String.raw`\"`));
  const base = /^# TYPE (\S+?)(?:_total)? counter$/m.exec(text)?.[1];
  if (base === undefined) return described;
  return described.replace(/^(# HELP |# TYPE )?[\w:]+/gm, (_, description?: string) =>
    description === undefined ? `${base}_total` : `${description}${base}`,
  );
}
