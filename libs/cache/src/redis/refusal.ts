import { fixOf, isRedirection, refusalOf as wordOf } from '@nuthatch/redis';
import type { ServerUse } from './read-gate.js';

/** Returns the word by which a server refuses. One that leads to another server refuses nothing. */
export function refusalOf(error: unknown): string | undefined {
  const word = wordOf(error);
  return word === undefined || isRedirection(word) ? undefined : word;
}

/** What a refusal means for the caches, as the log says it. `(…)` becomes the server's word. */
const EFFECTS: Record<ServerUse | 'command', string> = {
  write: 'Redis refuses writes (…). Nothing is read from it until it accepts them.',
  store: 'Redis is full (…). It stores no new entries.',
  subscribe: 'Redis refuses SUBSCRIBE (…). L1 is off until it accepts the subscription.',
  command: 'Redis refuses commands (…). The cache is off or limited.',
};

/** Returns the log line of a refusal: its effect and its fix. */
export function refusalLine(use: ServerUse | 'command', word: string): string {
  return `${EFFECTS[use].replace('…', word)} ${fixOf(word)}`.trimEnd();
}
