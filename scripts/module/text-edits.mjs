/** Changes of a text by patterns with the `g` flag. Each requires exactly one match, because in a rearranged file a guess could be wrong. */
export const before = (place, addition) => insert(place, (found) => `${addition}${found}`);
export const after = (place, addition) => insert(place, (found) => `${found}${addition}`);

/** Applies the changes one after the other. */
export const inTurn =
  (...changes) =>
  (text, path) =>
    changes.reduce((changed, change) => change(changed, path), text);

export const lastImport = /^import [^;]*;\n(?!import )/gm;

function insert(place, replacement) {
  return (text, path) => {
    const count = text.match(place)?.length ?? 0;
    if (count === 1) return text.replace(place, replacement);
    throw new Error(
      `${path} has an unexpected shape: ${place} matches ${count} times instead of once. Change the files by hand, as docs/recipes/change-a-module.md shows, or adapt scripts/module/.`,
    );
  };
}
