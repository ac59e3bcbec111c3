/** Begins nothing once the signal has fired. When it fires later the caller gets its reason, and the work goes on. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work();
  signal.throwIfAborted();
  const working = work();
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    working.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
