import { HOLDS, prove } from '../checker/proof.js';
import { reconnectModel } from './reconnect.model.js';

prove({
  promise: 'a reconnect brings back no old value',
  model: reconnectModel,
  moreStatesThan: 100,
  without: {
    fillOnSameConnection: HOLDS,
    fillCompares: 'FILL v0: v0 is read',
    pendingIsApplied: 'it reconnects: v0 is read',
    pendingIsBypassed: 'it reconnects: v0 is read',
    dropPoisons: 'the answer arrives: L1 serves v0',
  },
});
