const LONGEST_SCRIPT = 40;

/**
 * Returns the TypeScript binding of one script.
 *
 * @throws when the header does not name exactly the keys and arguments that the script reads, or the script is too long.
 */
export function bindingOf(file, text, sha1) {
  const lines = text.trimEnd().split('\n');
  if (lines.length > LONGEST_SCRIPT)
    throw new Error(
      `${file}: ${lines.length} lines, at most ${LONGEST_SCRIPT} are allowed: split the script into two decisions`,
    );
  const header = lines.filter((line) => line.startsWith('-- '));
  if (!header.some((line) => line.startsWith('-- RETURNS ')))
    throw new Error(`${file}: the header has no RETURNS line`);
  const keys = namesAfter('KEYS', header);
  const args = namesAfter('ARGV', header);
  for (const [label, names] of Object.entries({ KEYS: keys, ARGV: args })) checkUse(file, text, label, names);
  const name = file.replace(/\.lua$/, '').replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  return `/** ${header[0].slice(3)} */
export const ${name}: RedisScript<${union(keys)}, ${union(args)}> = {
  name: '${name}',
  sha1: '${sha1}',
  keys: [${keys.map(quoted).join(', ')}],
  args: [${args.map(quoted).join(', ')}],
  text: ${JSON.stringify(text)},
};
`;
}

function namesAfter(label, header) {
  const line = header.find((candidate) => candidate.startsWith(`-- ${label} `));
  return line ? line.slice(`-- ${label} `.length).trim().split(/\s+/) : [];
}

/** Checks that the body reads each named key or argument, and no other. */
function checkUse(file, text, label, names) {
  const used = new Set(
    [...text.matchAll(new RegExp(`\\b${label}\\[(\\d+)\\]`, 'g'))].map(([, index]) => Number(index)),
  );
  const idle = names.filter((_, index) => !used.has(index + 1));
  if (idle.length > 0) throw new Error(`${file}: ${label} names ${idle.join(', ')}, which the body never reads`);
  if (used.size > names.length)
    throw new Error(`${file}: the body reads ${used.size} ${label}, but the header names ${names.length}`);
}

const quoted = (word) => `'${word}'`;
const union = (words) => words.map(quoted).join(' | ') || 'never';
