import { prove } from '../checker/proof.js';
import { refusalModel } from './refusal.model.js';

prove({
  promise: 'a Redis that refuses writes and answers reads brings back nothing old',
  model: refusalModel,
  moreStatesThan: 25,
  without: {
    refusalStopsReads: 'a heartbeat is refused: a read is old after a refused heartbeat',
    refusalDropsL1: 'a heartbeat is accepted: L1 is old',
    strongReadsWrite: 'DONE is refused, acknowledge as pending: a strong read is old',
    settles: 'reads begin again: a strong read is old',
  },
});
