/** Runs `work` unless the signal has fired. If it fires later, the caller gets its reason and the work continues. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const working = work();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    working.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
