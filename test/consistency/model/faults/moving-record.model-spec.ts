import { movingRecordModel } from './moving-record.model.js';
import { HOLDS, prove } from '../checker/proof.js';

prove({
  promise:
    'a record that moves to a master whose channel an instance does not receive is at most maxStaleness old there',
  model: movingRecordModel,
  moreStatesThan: 1_000,
  without: {
    takesRedirectedStep: 'DONE is redirected, acknowledge: v0 is stored',
    entryEnds: 'a tick: v0 is read from L1',
    tagEnds: 'the reply v0 arrives: v0 is read from L1',
    halves: 'the reply v0 arrives: v0 is read from L1',
    fromBeginning: 'the reply v0 arrives: v0 is read from L1',
    poisons: HOLDS,
    listensToAll: HOLDS,
  },
  spare: ['poisons', 'listensToAll'],
});
