import { describe, expect, it } from 'vitest';
import { withFile } from './environment.js';

describe(withFile, () => {
  it('prefers the environment to the file', () => {
    expect(withFile({ PORT: '1' }, { PORT: '2', HOST: 'a' })).toEqual({ PORT: '1', HOST: 'a' });
  });

  it('prefers NAME_FILE of the environment to NAME of the file, and NAME to NAME_FILE', () => {
    expect(withFile({ PORT_FILE: '/port' }, { PORT: '2' })).toEqual({ PORT_FILE: '/port' });
    expect(withFile({ PORT: '1' }, { PORT_FILE: '/port' })).toEqual({ PORT: '1' });
  });

  it('keeps the file where the environment has an empty value in the other form', () => {
    expect(withFile({ PORT_FILE: '' }, { PORT: '2' })).toEqual({ PORT_FILE: '', PORT: '2' });
  });
});
