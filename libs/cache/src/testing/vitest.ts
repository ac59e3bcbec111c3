export { givenFleet } from './given-fleet.js';
export { storeContract } from './store-contract.js';
