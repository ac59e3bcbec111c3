import { ownWritesModel } from './own-writes.model.js';
import { HOLDS, prove } from '../checker/proof.js';

prove({
  promise: 'the L1 of the writer never serves what it has overwritten',
  model: ownWritesModel,
  moreStatesThan: 470,
  without: {
    dropAtCommit: HOLDS,
    dropAtDone: 'drop, acknowledge: L1 serves v0 after the own write',
    dropPoisons: 'the reply v0 arrives: L1 serves v0 after the own write',
  },
});
