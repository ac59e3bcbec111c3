import { crashModel } from './crash.model.js';
import { prove } from '../checker/proof.js';

prove({
  promise: 'from COMMIT on, L2 never serves an older value, also when the writer dies before DONE',
  model: crashModel,
  moreStatesThan: 12_000,
  without: {
    intentBeforeBegin: 'W1 COMMIT v1: L2 serves v0, v1 is committed',
    transactionEndsFirst: 'W2 DONE v1: L2 serves v1, v2 is committed',
    intentKeepsOthers: 'W2 DONE v1: L2 serves v1, v2 is committed',
    overlapMarks: 'W1 DONE v1: L2 serves v1, v2 is committed',
    doneKeepsOthers: 'R1 FILL v1: L2 serves v1, v2 is committed',
    invalidateKeepsIntents: 'W2 DONE v1: L2 serves v1, v2 is committed',
    acquireReplaces: 'R1 FILL v0: L2 serves v0, v1 is committed',
    releaseCompares: 'W2 DONE v1: L2 serves v1, v2 is committed',
  },
});
