/** The kinds of changes, and their headings in CHANGELOG.md, the largest first. */
const headings = { major: 'Breaking', minor: 'Added', patch: 'Fixed' };

/**
 * Returns the kind and the text of a change file of changesets.
 * @throws when the file names no kind or has no text
 */
export function readChange(file, text) {
  const [, front = '', body = ''] = /^---\n(.*?)\n?---\n(.*)$/s.exec(text) ?? [];
  const kinds = Array.from(
    front.matchAll(/^\s*['"]?@nuthatch\/[\w-]+['"]?:\s*(major|minor|patch)\s*$/gm),
    ([, kind]) => kind,
  );
  const kind = Object.keys(headings).find((one) => kinds.includes(one));
  if (!kind || body.trim() === '') {
    throw new Error(
      `${file}: write a package with major, minor or patch between two lines of ---, and a sentence after them.`,
    );
  }
  return { kind, text: body.trim() };
}

/** Returns the section of a version, with the changes in the order of `headings`. */
export function sectionOf(version, changes) {
  const byKind = Map.groupBy(changes, ({ kind }) => kind);
  const parts = Object.entries(headings)
    .filter(([kind]) => byKind.has(kind))
    .map(
      ([kind, heading]) =>
        `### ${heading}\n\n${byKind
          .get(kind)
          .map(({ text }) => item(text))
          .join('\n')}`,
    );
  return [`## ${version}`, ...parts].join('\n\n');
}

/** Puts a section before the section of the previous version. */
export function withSection(changelog, section) {
  const at = changelog.search(/^## /m);
  if (at === -1) return `${changelog.trimEnd()}\n\n${section}\n`;
  return `${changelog.slice(0, at)}${section}\n\n${changelog.slice(at)}`;
}

/** Returns the text below the heading of a version, or `undefined` if the changelog has none. */
export function notesOf(changelog, version) {
  const section = changelog.split(/^## /m).find((part) => part.startsWith(`${version}\n`));
  return section?.slice(version.length).trim();
}

function item(text) {
  return `- ${text.replaceAll(/\n(?=.)/g, '\n  ')}`;
}
