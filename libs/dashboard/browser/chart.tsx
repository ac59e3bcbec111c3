import { time as clock } from './format.js';

export interface Series {
  readonly label: string;
  /** A class of style.css. */
  readonly color: 'blue' | 'orange' | 'green';
  /** `null` where there is no figure: the line has a gap. */
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly title: string;
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** The top of the scale. @default the greatest value, and some space */
  readonly most?: number;
}

const WIDTH = 600;
const HEIGHT = 160;

/** Draws lines over time. The same figures are in a table, for readers who do not see the picture. */
export function Chart({ title, times, series, format, most }: Props) {
  const top = most ?? (Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))) * 1.1 || 1);
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  return (
    <figure>
      <figcaption>
        {title}
        <span class="legend">
          {series.map(({ label, color }) => (
            <span key={label} class={`key ${color}`}>
              {label}
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot" aria-hidden="true">
        <span class="top">{format(top)}</span>
        <span class="bottom">{format(0)}</span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
          {series.map(({ label, color, values }) => (
            <path key={label} class={color} d={lineOf(times, values, top)} />
          ))}
        </svg>
        <span class="start">{clock(first)}</span>
        <span class="end">{clock(last)}</span>
      </div>
      <details>
        <summary>Table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">time</th>
              {series.map(({ label }) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {everyTenth(times).map((place) => (
              <tr key={times[place]}>
                <td>{clock(times[place] ?? 0)}</td>
                {series.map(({ label, values }) => {
                  const value = values[place] ?? null;
                  return <td key={label}>{value === null ? '–' : format(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Returns the path of a line. */
function lineOf(times: readonly number[], values: readonly (number | null)[], top: number): string {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const span = Math.max(last - first, 1);
  let begins = true;
  return values
    .map((value, place) => {
      if (value === null) {
        begins = true;
        return '';
      }
      const x = (((times[place] ?? first) - first) / span) * WIDTH;
      const y = HEIGHT - (Math.min(value, top) / top) * HEIGHT;
      const command = begins ? 'M' : 'L';
      begins = false;
      return `${command}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

/** Returns the place of one of ten seconds, the newest first. */
function everyTenth(times: readonly number[]): readonly number[] {
  return times
    .map((_, place) => place)
    .filter((place) => (times.length - 1 - place) % 10 === 0)
    .toReversed()
    .slice(0, 12);
}
