/** As `Promise.all`, which costs more than the rest of a step if there is a single promise, or none. */
export async function all<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const [first] = promises;
  if (first === undefined) return [];
  return promises.length === 1 ? [await first] : Promise.all(promises);
}
