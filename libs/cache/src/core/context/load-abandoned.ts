/** Rejects a load that will never run, because its request ended first. The reads that share the load start the next one. */
export class LoadAbandoned extends Error {}
