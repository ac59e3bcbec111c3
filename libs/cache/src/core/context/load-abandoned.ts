/** Rejects a load that will never run, because its request ended first. Reads that share the load then load on their own. */
export class LoadAbandoned extends Error {}
