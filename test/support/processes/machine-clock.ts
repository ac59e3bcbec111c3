/** Milliseconds of the machine's monotonic clock: all processes of one machine share it, so their times may be compared. */
export function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
