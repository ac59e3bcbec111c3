import { describe, expect, it } from 'vitest';
import { lastModified } from './last-modified.js';

describe(lastModified, () => {
  const changed = '2026-01-01T00:00:00.900Z';
  const second = Date.UTC(2026, 0, 1);

  it('is the second of the change', () => {
    expect(lastModified(changed, second + 60_000)).toBe(second);
    expect(lastModified(new Date(changed), second + 60_000)).toBe(second);
  });

  it('is not told while another change could still have the same second', () => {
    expect(lastModified(changed, second + 4_999)).toBeUndefined();
    expect(lastModified(changed, second + 5_000)).toBe(second);
  });

  it.each(['', 'yesterday', '9999-01-01T00:00:00Z'])('is not told of %j', (changedAt) => {
    expect(lastModified(changedAt, second + 60_000)).toBeUndefined();
  });
});
