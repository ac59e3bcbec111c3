import { commands } from '../commands.mjs';

/** Returns the text of `npm run <name> -- --help`. */
export function helpOf(name) {
  const { about, options = [], example } = commands[name];
  const usage = ['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`;
  const width = Math.max(...options.map(([option]) => option.length));
  const listed = options.map(([option, effect]) => `  ${option.padEnd(width)}   ${effect}`);
  const variables = options.some(isVariable) ? '[VARIABLE=value …] ' : '';
  const others = options.every(isVariable) ? '' : ' -- [options]';
  return [
    about,
    '',
    `Usage:    ${variables}${usage}${others}`,
    `Example:  ${example}`,
    ...(listed.length > 0 ? ['', ...listed] : []),
  ].join('\n');
}

function isVariable([option]) {
  return /^[A-Z_]+=/.test(option);
}
