import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { needsBuild, vitestArguments } from './test-arguments.mjs';

describe(vitestArguments, () => {
  it('selects every project of vitest.config.ts by its name', () => {
    const names = config.test.projects.map(({ test }) => test.name);
    expect(vitestArguments(names)).toEqual(names.map((name) => `--project=${name}`));
  });

  it('passes filters and options on', () => {
    const words = ['users', '--project', 'e2e', '--bail=1'];
    expect(vitestArguments(words)).toEqual(words);
  });
});

describe(needsBuild, () => {
  it.each([[['--project=unit']], [['--project=unit', '--project=property', 'cache']], [['--project', 'model']]])(
    'skips the build for %j',
    (args) => {
      expect(needsBuild(args)).toBe(false);
    },
  );

  it.each([[[]], [['users']], [['--project=e2e']], [['--project=unit', '--project', 'timed']], [['--project=!unit']]])(
    'asks for the build with %j',
    (args) => {
      expect(needsBuild(args)).toBe(true);
    },
  );
});
