import { nestedModel } from './nested.model.js';
import { prove } from '../checker/proof.js';

prove({
  promise: 'loads that read the cache never wait for each other for ever',
  model: nestedModel,
  moreStatesThan: 22,
  without: {
    nestedWaitsEnd: 'the loader of B reads the other: no step is possible',
    ownKeyIsMarked: 'the loader of B reads B: no step is possible',
  },
});
