import { describe, expect, it } from 'vitest';
import { explore, type Model } from './checker.js';

/** Returns whether a model follows a rule. A mutant is the same model without one rule. */
export type Keeps<Rule extends string> = (rule: Rule) => boolean;

/** For a rule that this promise does not need: another rule covers it, or the rule serves another promise. */
export const HOLDS = 'holds without it';

interface Proof<Rule extends string, State> {
  /** One cell of the promise, as a sentence. */
  readonly promise: string;
  readonly model: (keeps: Keeps<Rule>) => Model<State>;
  /** An empty exploration proves nothing. */
  readonly moreStatesThan: number;
  /** How the shortest counterexample ends when the rule is left out. A rule without a mutant does not compile. */
  readonly without: Readonly<Record<Rule, string>>;
  /** Rules that may be left out all at once: each alone might only be covered by another of them. */
  readonly spare?: readonly NoInfer<Rule>[];
}

/** Declares the tests: the promise holds with all rules, and breaks as predicted without each rule. */
export function prove<Rule extends string, State>(proof: Proof<Rule, State>): void {
  const { promise, model, moreStatesThan, without, spare } = proof;
  describe(promise, () => {
    it('holds in every reachable state', () => {
      const { states, trace } = explore(model(() => true));
      expect(trace, trace.join('\n')).toEqual([]);
      expect(states).toBeGreaterThan(moreStatesThan);
    });

    it.each(spare ? [{ left: spare }] : [])('holds without all of $left', ({ left }) => {
      const { trace } = explore(model((rule) => !left.includes(rule)));
      expect(trace, trace.join('\n')).toEqual([]);
    });

    it.each(Object.entries<string>(without))('without %s: %s', (left, end) => {
      const { trace } = explore(model((rule) => rule !== left));
      expect(trace.at(-1) ?? HOLDS, trace.join('\n')).toBe(end);
    });
  });
}
