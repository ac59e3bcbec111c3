export { type FaultProxy, startFaultProxy } from './fault-proxy.js';
export { givenFleet } from './given-fleet.js';
export { ManualClock } from './manual-clock.js';
export { RedisSimulator, type Schedule, type SimulatedStore } from './redis-simulator.js';
export { storeContract } from './store-contract.js';
