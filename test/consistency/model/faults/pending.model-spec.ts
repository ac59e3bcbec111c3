import { pendingModel } from './pending.model.js';
import { prove } from '../checker/proof.js';

prove({
  promise: 'a pending invalidation is not read here, and holds everywhere once applied',
  model: pendingModel,
  moreStatesThan: 40,
  without: {
    failuresAreKept: 'DONE on the tag, acknowledge: the writer reads its old item',
    bypassesTheTags: 'DONE on the tag is lost, acknowledge as pending: the writer reads its old list',
    tagsAgainAfterKeys: 'FILL list with v0: applied, and v0 is still served',
  },
});
