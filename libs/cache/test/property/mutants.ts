import { InMemoryProtocol } from '../../src/core/store/in-memory-protocol.js';
import { ActiveWrite } from '../../src/core/write/active-write.js';
import type { Mutant } from './instance.js';
import type { MakeMachine } from '../../src/testing/redis-simulator.js';

/** The engine with one rule left out each, by what it is without. */

/** A push of INTENT keeps what is being read out of L1. */
export const poisonByIntent: Mutant = {
  sabotage: ({ runtime }) => {
    runtime.coherence.inFlightReads.preventCaching = () => {};
  },
};

/** A flight is joined only while what it rests on is younger than the bound. */
export const boundOfFlights: Mutant = {
  sabotage: ({ runtime }) => {
    runtime.coherence.isWithin = () => true;
  },
};

/** Nobody joins a read that began before a DONE. */
export const detachment: Mutant = {
  sabotage: ({ runtime }) => {
    const { inFlightReads } = runtime.coherence;
    inFlightReads.preventSharing = (name) => inFlightReads.preventCaching(name);
  },
};

/** A value goes in only under an intent that was acknowledged in time. */
export const vouching: Mutant = {
  sabotage: ({ store }) => {
    const intent = store.intent.bind(store);
    store.intent = (...announced) => intent(...announced).catch(() => {});
  },
};

/** INTENT and DONE mark a slot that others are writing. */
export const marksOfOverlap: Mutant = { machine: marking((text, before) => isInvalidation(text, before)) };

/** INVALIDATE marks a slot that somebody is writing. */
export const marksOfInvalidation: Mutant = { machine: marking((text, before) => !isInvalidation(text, before)) };

/** INTENT takes the place of what stands in the slot. */
export const marksOfWrites: Mutant = {
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

/** A machine that sets the mark of an overlap only where `keeps` says so. */
function marking(keeps: (text: string, before: string) => boolean): MakeMachine {
  return (texts, clock, publish) => {
    const set: typeof texts.set = (recordKey, text, expiresAt) => {
      const before = texts.get(recordKey)?.text ?? '';
      const marked = before.endsWith('!') || keeps(text, before);
      texts.set(recordKey, marked ? text : text.replace(/,!$/, ''), expiresAt);
    };
    return new InMemoryProtocol({ ...texts, set }, clock, publish);
  };
}

function isInvalidation(text: string, before: string): boolean {
  return text === `${before},!`;
}
