import { describe, expect, it } from 'vitest';
import { SetQueue } from './set-queue.js';

/** Sets that end when the test ends them, and the values whose sets have begun. */
function givenSets() {
  const queue = new SetQueue();
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<boolean>>();
  const set = (key: string, value: string): Promise<boolean> =>
    queue.run(key, () => {
      begun.push(value);
      const end = Promise.withResolvers<boolean>();
      ends.set(value, end);
      return end.promise;
    });
  const end = (value: string, answer = true): void => ends.get(value)?.resolve(answer);
  return { queue, begun, ends, set, end };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe(SetQueue.name, () => {
  it('SetQueue runs one set at a time per key, and of the waiting sets only the last, on behalf of all', async () => {
    const { begun, set, end } = givenSets();
    const sets = [set('k', 'a'), set('k', 'b'), set('k', 'c'), set('other', 'x')];
    expect(begun).toEqual(['a', 'x']);
    end('a');
    await settled();
    expect(begun).toEqual(['a', 'x', 'c']);
    end('c', false);
    end('x');
    expect(await Promise.all(sets)).toEqual([true, false, false, true]);
  });

  it('SetQueue runs the waiting set after one that failed', async () => {
    const { begun, ends, set, end } = givenSets();
    const sets = [set('k', 'a'), set('k', 'b')];
    ends.get('a')?.reject(new Error('unavailable'));
    await settled();
    end('b');
    expect(await Promise.allSettled(sets)).toMatchObject([{ status: 'rejected' }, { value: true }]);
    expect(begun).toEqual(['a', 'b']);
    void set('k', 'c');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it.each(['drop', 'dropAll'] as const)(
    'SetQueue does not run a set that waited during a removal (%s)',
    async (how) => {
      const { queue, begun, set, end } = givenSets();
      const sets = [set('k', 'a'), set('k', 'b')];
      queue[how]('k');
      end('a');
      expect(await Promise.all(sets)).toEqual([true, false]);
      expect(begun).toEqual(['a']);
      const after = [set('k', 'c'), set('k', 'd')];
      end('c');
      await settled();
      end('d');
      expect(await Promise.all(after)).toEqual([true, true]);
    },
  );

  it('SetQueue.settled resolves when the last set has ended, whether it was stored or not', async () => {
    const { queue, ends, set, end } = givenSets();
    expect(queue.settled('k')).toBeUndefined();
    const sets = [set('k', 'a'), set('k', 'b')];
    let isSettled = false;
    const waiting = queue.settled('k')?.then(() => (isSettled = true));
    end('a');
    await settled();
    expect(isSettled).toBe(false);
    ends.get('b')?.reject(new Error('unavailable'));
    await waiting;
    expect(queue.settled('k')).toBeUndefined();
    await Promise.allSettled(sets);
  });
});
