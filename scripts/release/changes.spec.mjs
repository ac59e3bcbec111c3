import { describe, expect, it } from 'vitest';
import { notesOf, readChange, sectionOf, withSection } from './changes.mjs';

const file = (kind, text) => `---\n'@nuthatch/cache': ${kind}\n---\n\n${text}\n`;

describe(readChange, () => {
  it('returns the largest kind and the text', () => {
    expect(readChange('one.md', file('patch', 'Keeps the error.'))).toEqual({
      kind: 'patch',
      text: 'Keeps the error.',
    });
    const two = `---\n'@nuthatch/cache': patch\n"@nuthatch/redis": minor\n---\n\nTwo\nlines.\n`;
    expect(readChange('two.md', two)).toEqual({ kind: 'minor', text: 'Two\nlines.' });
  });

  it.each([
    ['no front matter', 'Keeps the error.\n'],
    ['an unknown kind', file('huge', 'Keeps the error.')],
    ['no text', file('patch', '')],
  ])('refuses a file with %s, and names the file', (_, text) => {
    expect(() => readChange('bad.md', text)).toThrow('bad.md: write a package with major, minor or patch');
  });
});

describe(sectionOf, () => {
  it('lists breaking changes first, and indents further lines', () => {
    const changes = [
      { kind: 'patch', text: 'Keeps the error.' },
      { kind: 'major', text: 'Removes `early`.\n\nLeave it out.' },
      { kind: 'patch', text: 'Closes sockets.' },
    ];
    expect(sectionOf('1.0.0', changes)).toBe(
      '## 1.0.0\n\n### Breaking\n\n- Removes `early`.\n\n  Leave it out.\n\n### Fixed\n\n- Keeps the error.\n- Closes sockets.',
    );
  });
});

describe(withSection, () => {
  it('puts the newest version first, below the introduction', () => {
    const changelog = '# Changelog\n\nAbout.\n\n## 0.1.0\n\nFirst.\n';
    expect(withSection(changelog, '## 0.2.0\n\nSecond.')).toBe(
      '# Changelog\n\nAbout.\n\n## 0.2.0\n\nSecond.\n\n## 0.1.0\n\nFirst.\n',
    );
    expect(withSection('# Changelog\n', '## 0.1.0')).toBe('# Changelog\n\n## 0.1.0\n');
  });
});

describe(notesOf, () => {
  it('returns the text of one version only', () => {
    const changelog = '# Changelog\n\n## 0.2.0\n\nSecond.\n\n### Fixed\n\n- Two.\n\n## 0.1.0\n\nFirst.\n';
    expect(notesOf(changelog, '0.2.0')).toBe('Second.\n\n### Fixed\n\n- Two.');
    expect(notesOf(changelog, '0.1.0')).toBe('First.');
    expect(notesOf(changelog, '0.2')).toBeUndefined();
  });
});
