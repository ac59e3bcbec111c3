export { type FaultProxy, startFaultProxy } from './fault-proxy.js';
export { ManualClock } from './manual-clock.js';
export { RedisSimulator, type Schedule, type SimulatedStore } from './redis-simulator.js';
