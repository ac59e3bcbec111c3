/** Returns the machine's monotonic clock in milliseconds. All processes of a machine share it, so their times are comparable. */
export function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
