import { SlotMachine } from '../../src/core/store/in-memory-protocol.js';
import { WriteUnderWay } from '../../src/core/write/active-write.js';
import type { Mutant } from './instance.js';
import type { MakeMachine } from '../../src/testing/redis-simulator.js';

/** The engine with one rule left out each, by what it is without. */

/** A push of INTENT keeps what is being read out of L1. */
export const poisonByIntent: Mutant = {
  sabotage: ({ tiers }) => {
    tiers.coherence.reads.poison = () => {};
  },
};

/** A flight is joined only while what it rests on is younger than the bound. */
export const boundOfFlights: Mutant = {
  sabotage: ({ tiers }) => {
    tiers.coherence.bounds = () => true;
  },
};

/** Nobody joins a read that began before a DONE. */
export const detachment: Mutant = {
  sabotage: ({ tiers }) => {
    const { reads } = tiers.coherence;
    reads.detach = (name) => reads.poison(name);
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
    const set: typeof texts.set = (slot, text, expiresAt) => {
      if (!text.startsWith('W|')) texts.set(slot, text, expiresAt);
    };
    const machine = new SlotMachine({ ...texts, set }, clock, publish);
    const done = machine.done.bind(machine);
    machine.done = (...write) => done(...write) || true;
    return machine;
  },
};

/** Keys are emptied before tags. */
export const keysFirst: Mutant = {
  install: () => {
    const { announce } = WriteUnderWay.prototype;
    WriteUnderWay.prototype.announce = function swapped({ slots, tags }) {
      return announce.call(this, { slots: tags, tags: slots });
    };
    return () => {
      WriteUnderWay.prototype.announce = announce;
    };
  },
};

/** A machine that sets the mark of an overlap only where `keeps` says so. */
function marking(keeps: (text: string, before: string) => boolean): MakeMachine {
  return (texts, clock, publish) => {
    const set: typeof texts.set = (slot, text, expiresAt) => {
      const before = texts.get(slot)?.text ?? '';
      const marked = before.endsWith('!') || keeps(text, before);
      texts.set(slot, marked ? text : text.replace(/,!$/, ''), expiresAt);
    };
    return new SlotMachine({ ...texts, set }, clock, publish);
  };
}

function isInvalidation(text: string, before: string): boolean {
  return text === `${before},!`;
}
