import { HOLDS, prove } from '../checker/proof.js';
import { writtenValueModel } from './written-value.model.js';

prove({
  promise: 'a value stored by a write is not older than the versions of its tags',
  model: writtenValueModel,
  moreStatesThan: 400,
  without: {
    captureBeforeBegin: 'O DONE on the key under tC: the order shows the old name',
    valueNeedsAllTags: 'C DONE on the tag, acknowledge: the order shows the old name',
    ownTagByItsDone: HOLDS,
  },
});
