import { outboxModel } from './outbox.model.js';
import { prove } from '../checker/proof.js';

prove({
  promise: 'what a poll of the outbox has applied is never read older, whatever data Redis comes back with',
  model: outboxModel,
  moreStatesThan: 500,
  without: {
    readsWaitForTheRelay: 'Redis restarts: v0 is read after a poll has applied v1',
    checkpointIsInRedis: 'the relay sets the checkpoint to v1: v0 is read after a poll has applied v1',
    positionIsOfTheRead: 'the relay sets the checkpoint to v1: v0 is read after a poll has applied v1',
    advancesOnItsConnection: 'the relay sets the checkpoint to v1: v0 is read after a poll has applied v1',
  },
});
