import { HOLDS, prove } from '../checker/proof.js';
import { reconnectModel } from './reconnect.model.js';

prove({
  promise: 'a connection that is made anew brings back nothing old',
  model: reconnectModel,
  moreStatesThan: 100,
  without: {
    fillOnSameConnection: HOLDS,
    fillCompares: 'FILL v0: v0 is read',
    pendingIsApplied: 'it is made anew: v0 is read',
    pendingIsBypassed: 'it is made anew: v0 is read',
    dropPoisons: 'the answer arrives: L1 serves v0',
  },
});
