import { openSync, readSync } from 'node:fs';

/**
 * Returns a function that returns how many milliseconds the main thread of a process has waited for a core since its start, while
 * other processes used it. It is 0 where the system does not tell it.
 */
export function coreWaitOf(pid) {
  const bytes = Buffer.alloc(64);
  let file;
  try {
    file = openSync(`/proc/${pid}/schedstat`);
  } catch {
    return () => 0;
  }
  return () => {
    // "<nanoseconds on a core> <nanoseconds of waiting for one> <time slices>"
    const [, waited] = bytes.latin1Slice(0, readSync(file, bytes, 0, bytes.length, 0)).split(' ');
    return Number(waited) / 1e6;
  };
}
