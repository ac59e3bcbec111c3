export { type FleetInstance, givenFleet } from './fleet.js';
export { storeContract } from './store-contract.js';
