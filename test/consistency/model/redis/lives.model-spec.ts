import { livesModel } from './lives.model.js';
import { prove } from '../checker/proof.js';

prove({
  promise: 'an intent lasts as long as its life, and a dead one no longer',
  model: livesModel,
  moreStatesThan: 250,
  without: {
    largestLife: 'long DONE: the intent of dead was cut short',
    intentAges: 'a tick: no writer is left, and the record is still in W for the dead one',
    doneAges: 'long DONE: no writer is left, and the record is still in W for the dead one',
    livesNeverGrow: 'a tick: no writer is left, and the record is still in W for the dead one',
    readerLimits: 'a tick: no writer is left, and the record is still in W for the dead one',
  },
});
