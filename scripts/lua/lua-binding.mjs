import { createHash } from 'node:crypto';

const LONGEST_SCRIPT = 40;

/**
 * Returns the TypeScript binding of one script.
 *
 * @throws when the header does not name exactly the keys and arguments that the script reads, or the script is too long.
 */
export function bindingOf(file, text) {
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
  // A script that is often long has its own loop, which costs Redis half of the general one.
  const hasLoop = keys.at(-1) === '...';
  if (hasLoop) keys.pop();
  else for (const [label, names] of Object.entries({ KEYS: keys, ARGV: args })) checkUse(file, text, label, names);
  if (keys.length !== 1) throw new Error(`${file}: KEYS names ${keys.length} keys, and a step has one`);
  const name = file.replace(/\.lua$/, '').replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const script = hasLoop ? text : forManySteps(text, args.length);
  return `/** ${header[0].slice(3)} */
export const ${name}: RedisScript<${union(args)}> = {
  name: '${name}',
  sha1: '${createHash('sha1').update(script).digest('hex')}',
  args: [${args.map(quoted).join(', ')}],
  repliesPerStep: ${hasLoop ? 2 : 1},
  text: ${JSON.stringify(script)},
};
`;
}

/**
 * Returns the script that takes the step of the file once per key, each with its own arguments, or all with the same if they are
 * given once. A step that fails has its error as its reply, and the others are taken all the same. What the steps publish leaves as
 * one message, after their changes.
 */
function forManySteps(text, argsPerStep) {
  const lines = text.trimEnd().split('\n');
  const flags = lines[0].startsWith('#!') ? [lines.shift()] : [];
  const publishes = lines.some((line) => line.includes('publish('));
  const numbers = Array.from({ length: argsPerStep }, (_, index) => index + 1);
  const body = lines.map((line) => line.replaceAll('KEYS[1]', 'key').replaceAll(/ARGV\[(\d+)\]/g, 'arg$1'));
  return `${[
    ...flags,
    ...(publishes ? COLLECTS_MESSAGES : []),
    `local function step(${['key', ...numbers.map((number) => `arg${number}`)].join(', ')})`,
    ...body,
    'end',
    ...recordsOf(argsPerStep),
    'for at = 1, #keys do',
    '  local from = skipped + each * (at - 1)',
    `  local ok, reply = pcall(${['step', 'keys[at]', ...numbers.map((number) => `ARGV[from + ${number}]`)].join(', ')})`,
    // An error of Redis is a table already.
    "  if not ok and type(reply) ~= 'table' then reply = redis.error_reply(tostring(reply)) end",
    '  replies[at] = reply',
    'end',
    ...(publishes ? PUBLISHES : []),
    'return replies',
  ].join('\n')}\n`;
}

/**
 * Reads the names of the records. They are keys, or, in a cluster, the first arguments, after their number: Redis accepts keys of one
 * hash slot only.
 */
function recordsOf(argsPerStep) {
  return [
    'local replies, keys, skipped = {}, KEYS, 0',
    'if #KEYS == 0 then',
    '  skipped = ARGV[1] + 1',
    '  keys = {unpack(ARGV, 2, skipped)}',
    'end',
    `local each = #ARGV - skipped > ${argsPerStep} and ${argsPerStep} or 0`,
  ];
}

const COLLECTS_MESSAGES = [
  'local messages, channel = {}, nil',
  'local function publish(to, message)',
  '  channel = to',
  '  messages[#messages + 1] = message',
  'end',
];

const PUBLISHES = [
  'if #messages == 1 then',
  "  redis.call('PUBLISH', channel, messages[1])",
  'elseif #messages > 1 then',
  "  redis.call('PUBLISH', channel, cjson.encode(messages))",
  'end',
];

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
