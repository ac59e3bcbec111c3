import { eventually } from './eventually.js';

/** Waits until an instance is ready, and, with Redis, until its L1 is in use. */
export async function untilReady(url: string): Promise<void> {
  await eventually(
    async () => {
      const response = await fetch(`${url}/health`);
      const { details } = (await response.json()) as {
        readonly details: { readonly cache?: { readonly channel: { readonly connected: boolean } } };
      };
      if (!response.ok || details.cache?.channel.connected === false) throw new Error(`${url} is not ready.`);
    },
    { within: 20_000 },
  );
}
