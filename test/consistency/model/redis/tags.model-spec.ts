import { prove } from '../checker/proof.js';
import { tagsModel } from './tags.model.js';

prove({
  promise: 'a strong read never returns a list older than a write acknowledged before it began',
  model: tagsModel,
  moreStatesThan: 37_000,
  without: {
    keysBeforeTags: 'then GET tag: it shows v0, v1 was acknowledged before the read',
    nestedReadsStrong: 'then GET tag: it shows v0, v1 was acknowledged before the read',
    captureBeforeLoad: 'then GET tag: it shows v0, v1 was acknowledged before the read',
    tagInWNotCaptured: 'then GET tag: it shows v0, v1 was acknowledged before the read',
    tagsChecked: 'then GET tag: it shows v0, v1 was acknowledged before the read',
    versionsAreFresh: 'then GET tag: it shows v0, v1 was acknowledged before the read',
  },
});
