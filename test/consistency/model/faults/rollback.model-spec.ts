import { prove } from '../checker/proof.js';
import { rollbackModel } from './rollback.model.js';

prove({
  promise: 'data of an earlier time brings back nothing old',
  model: rollbackModel,
  moreStatesThan: 200,
  without: {
    heartbeatChecks: 'the data goes back: a strong read returns v0',
    otherServerInvalidates: 'it connects: a strong read returns v0',
    serverIsRecorded: 'it connects: a strong read returns v0',
    recordedAfterInvalidation: 'it connects: a strong read returns v0',
  },
});
