import { namesModel } from './names.model.js';
import { prove } from '../checker/proof.js';

prove({
  promise: 'a write or a clear() counts for every instance, of whatever release',
  model: namesModel,
  moreStatesThan: 45,
  without: {
    oneNameForAll: 'it FILLs v0: the new instance reads v0, v1 was acknowledged',
    clearIsATag: 'it FILLs v1: the new instance reads v1, v2 was acknowledged',
    captureBeforeLoad: 'it FILLs v1: the new instance reads v1, v2 was acknowledged',
  },
});
