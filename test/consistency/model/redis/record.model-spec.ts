import { HOLDS, prove } from '../checker/proof.js';
import { recordModel } from './record.model.js';

prove({
  promise: 'L2 never serves what is older than an acknowledged write',
  model: recordModel,
  moreStatesThan: 15_000,
  without: {
    overlapMarks: HOLDS,
    doneMarksOthers: 'W1 DONE v1, acknowledge: L2 serves v1, v2 was acknowledged',
    invalidateMarks: 'W1 DONE v1, acknowledge: L2 serves v1, v2 was acknowledged',
    valueNeedsEarlyIntent: 'W1 DONE v1, acknowledge: L2 serves v1, v2 was acknowledged',
    valueOnlyOverIntent: 'W1 DONE v1, acknowledge: L2 serves v1, v2 was acknowledged',
    doneDeletes: "W1 DONE '', acknowledge: L2 serves v0, v1 was acknowledged",
    doneAfterCommit: 'R1 FILL v0: L2 serves v0, v1 was acknowledged',
    fillCompares: 'R1 FILL v0: L2 serves v0, v1 was acknowledged',
    freshTokens: 'R1 FILL v0: L2 serves v0, v1 was acknowledged',
  },
});
