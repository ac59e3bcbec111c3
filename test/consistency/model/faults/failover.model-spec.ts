import { failoverModel } from './failover.model.js';
import { HOLDS, prove } from '../checker/proof.js';

prove({
  promise: 'a failover that lost acknowledged deletes brings back nothing old',
  model: failoverModel,
  moreStatesThan: 4200,
  without: {
    quarantine: 'the old master takes no more writes: v0 is read from the new master',
    waitsOutOldMaster: 'FILL v0: v0 is read from the new master',
    heartbeatIsAWrite: 'DONE on the new master, acknowledge: v0 is read from the old master',
    fillOnSameRun: HOLDS,
    valueOnSameRun: HOLDS,
  },
  spare: ['fillOnSameRun', 'valueOnSameRun'],
});
