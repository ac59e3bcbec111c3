const LONGEST_SCRIPT = 40;

/**
 * The TypeScript binding of one script.
 *
 * @throws when its header does not say exactly what it takes, or it is too long to be one act.
 */
export function bindingOf(file, text, sha1) {
  const lines = text.trimEnd().split('\n');
  if (lines.length > LONGEST_SCRIPT)
    throw new Error(`${file}: ${lines.length} lines; a script is one act, ${LONGEST_SCRIPT} at most`);
  const header = lines.filter((line) => line.startsWith('-- '));
  if (!header.some((line) => line.startsWith('-- RETURNS ')))
    throw new Error(`${file}: the header does not say RETURNS`);
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

/** Every named one is read, and none that has no name. */
function checkUse(file, text, label, names) {
  const used = new Set(
    [...text.matchAll(new RegExp(`\\b${label}\\[(\\d+)\\]`, 'g'))].map(([, index]) => Number(index)),
  );
  const idle = names.filter((_, index) => !used.has(index + 1));
  if (idle.length > 0) throw new Error(`${file}: ${label} names ${idle.join(', ')}, which nothing reads`);
  if (used.size > names.length)
    throw new Error(`${file}: reads ${used.size} ${label}, but its header names ${names.length}`);
}

const quoted = (word) => `'${word}'`;
const union = (words) => words.map(quoted).join(' | ') || 'never';
