import { slowInstanceModel } from './slow-instance.model.js';
import { prove } from '../checker/proof.js';

prove({
  promise: 'a failover that one instance notices later brings back nothing old, and heals what was lost',
  model: slowInstanceModel,
  moreStatesThan: 10_000,
  without: {
    votesExpire: 'DONE on the new master, acknowledge: v0 is read from the old master',
    stopsReads: 'DONE on the old master, acknowledge: v0 is read from the new master',
    waitsForVotes: 'FILL v0: v0 is read from the new master',
    invalidatesNamespace: 'the reader reads again: v0 is read from the new master',
    appliesAgain: 'FILL v0: v0 is read from the new master',
  },
});
