import { prove } from '../checker/proof.js';
import { refreshModel } from './refresh.model.js';

prove({
  promise: 'what is served stale has expired, but was never invalidated',
  model: refreshModel,
  moreStatesThan: 3800,
  without: {
    refreshCompares: 'load 1 FILL v0: v0 is served, v1 was acknowledged',
    fillIdsAreFresh: 'load 1 FILL v0: v0 is served, v1 was acknowledged',
    captureBeforeLoad: 'load 1 FILL v0: v0 is served, v1 was acknowledged',
    tagsBeforeAge: 'invalidate the tag, acknowledge: v0 is served, v1 was acknowledged',
    loadsFromPrimary: 'load 1 FILL v0: v0 is served, v1 was acknowledged',
  },
});
