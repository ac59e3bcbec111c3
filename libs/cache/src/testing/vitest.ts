export { givenFleet } from './fleet.js';
export { storeContract } from './store-contract.js';
