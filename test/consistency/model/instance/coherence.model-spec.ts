import { coherenceModel } from './coherence.model.js';
import { HOLDS, prove } from '../checker/proof.js';

prove({
  promise: 'the L1 of another instance is at most maxStaleness behind an acknowledged write',
  model: (keeps) => coherenceModel(keeps, 'acknowledge'),
  moreStatesThan: 12_000,
  without: {
    pushPoisons: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    intentPushed: HOLDS,
    pushesNotDeduplicated: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    admitOnlyStored: HOLDS,
    fenceFollowsPushes: 'a fence: L1 serves v0 under a fence sent after v1',
    fenceCountsFromSending: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    fenceAfterSubscribe: 'a fence: L1 serves v0 under a fence sent after v1',
    flushAtError: HOLDS,
    flushAtReady: HOLDS,
    flushAtConfirmation: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    flushPoisons: 'the fence is answered: L1 serves v0 under a fence sent after v1',
  },
  spare: ['flushAtError', 'flushAtReady'],
});

prove({
  promise: 'the L1 of another instance is at most maxStaleness behind a commit whose writer may have died',
  model: (keeps) => coherenceModel(keeps, 'commit'),
  moreStatesThan: 10_000,
  without: {
    pushPoisons: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    intentPushed: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    pushesNotDeduplicated: HOLDS,
    admitOnlyStored: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    fenceFollowsPushes: 'a fence: L1 serves v0 under a fence sent after v1',
    fenceCountsFromSending: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    fenceAfterSubscribe: 'a fence: L1 serves v0 under a fence sent after v1',
    flushAtError: HOLDS,
    flushAtReady: HOLDS,
    flushAtConfirmation: 'the fence is answered: L1 serves v0 under a fence sent after v1',
    flushPoisons: 'the fence is answered: L1 serves v0 under a fence sent after v1',
  },
  spare: ['flushAtError', 'flushAtReady'],
});
