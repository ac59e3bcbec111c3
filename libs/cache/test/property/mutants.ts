import { InMemoryProtocol } from '../../src/core/store/in-memory-protocol.js';
import { ActiveWrite } from '../../src/core/write/active-write.js';
import type { Mutant } from './instance.js';
import type { MakeMachine } from '../../src/testing/redis-simulator.js';

/** Each mutant leaves out the rule that its comment states. */

/** An INTENT message keeps reads in flight out of L1. */
export const preventCaching: Mutant = {
  sabotage: ({ runtime }) => {
    runtime.coherence.inFlightReads.preventCaching = () => {};
  },
};

/** A flight is joined only while its proof is within `maxStaleness`. */
export const boundOfFlights: Mutant = {
  sabotage: ({ runtime }) => {
    Object.assign(runtime.coherence.inFlightReads, { currentUntil: () => Number.POSITIVE_INFINITY });
  },
};

/** No caller joins a read that began before a DONE. */
export const preventSharing: Mutant = {
  sabotage: ({ runtime }) => {
    const { inFlightReads } = runtime.coherence;
    inFlightReads.preventSharing = (name) => inFlightReads.preventCaching(name);
  },
};

/** A written value is stored only if its intent was acknowledged in time. */
export const confirmedIntent: Mutant = {
  sabotage: ({ store }) => {
    const intent = store.intent.bind(store);
    store.intent = (...announced) => intent(...announced).catch(() => {});
  },
};

/** INTENT and DONE flag a record with other writes in progress. */
export const overlapFlag: Mutant = { machine: flagging((text, before) => isInvalidation(text, before)) };

/** INVALIDATE flags a record with a write in progress. */
export const invalidationFlag: Mutant = { machine: flagging((text, before) => !isInvalidation(text, before)) };

/** INTENT replaces the text of the record. */
export const intentReplacesEntry: Mutant = {
  machine: (texts, clock, publish) => {
    const set: typeof texts.set = (recordKey, text, expiresAt) => {
      if (!text.startsWith('W|')) texts.set(recordKey, text, expiresAt);
    };
    const machine = new InMemoryProtocol({ ...texts, set }, clock, publish);
    const done = machine.done.bind(machine);
    machine.done = (...write) => done(...write) || true;
    return machine;
  },
};

/** Keys are emptied before tags. */
export const keysFirst: Mutant = {
  install: () => {
    const { announce } = ActiveWrite.prototype;
    ActiveWrite.prototype.announce = function swapped({ recordKeys, tags }) {
      return announce.call(this, { recordKeys: tags, tags: recordKeys });
    };
    return () => {
      ActiveWrite.prototype.announce = announce;
    };
  },
};

/** Creates a protocol that sets the flag of an overlap only if `keeps` returns true. */
function flagging(keeps: (text: string, before: string) => boolean): MakeMachine {
  return (texts, clock, publish) => {
    const set: typeof texts.set = (recordKey, text, expiresAt) => {
      const before = texts.get(recordKey)?.text ?? '';
      const flagged = before.endsWith('!') || keeps(text, before);
      texts.set(recordKey, flagged ? text : text.replace(/,!$/, ''), expiresAt);
    };
    return new InMemoryProtocol({ ...texts, set }, clock, publish);
  };
}

function isInvalidation(text: string, before: string): boolean {
  return text === `${before},!`;
}
