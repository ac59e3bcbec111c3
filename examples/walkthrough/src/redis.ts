import { startFaultProxy } from '@nuthatch/cache/testing';

const { port } = new URL('redis://localhost:6379');

/** A proxy before Redis, which takes Redis away in step 9. */
export const proxy = await startFaultProxy({ port: Number(port) });

/** The address of Redis. */
export const redis = `redis://127.0.0.1:${proxy.port}`;
