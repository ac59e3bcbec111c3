export { messagePack } from './message-pack.js';
