import { describe, expect, it } from 'vitest';
import { traceIdOf } from './trace-id.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

describe(traceIdOf, () => {
  it.each([`00-${traceId}-00f067aa0ba902b7-01`, `01-${traceId}-00f067aa0ba902b7-00-later`])('reads %s', (header) => {
    expect(traceIdOf(header)).toBe(traceId);
  });

  it.each([
    undefined,
    '',
    traceId,
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${traceId}-00f067aa0ba902b7-01x`,
    ` 00-${traceId}-00f067aa0ba902b7-01`,
  ])('ignores %s', (header) => {
    expect(traceIdOf(header)).toBeUndefined();
  });
});
