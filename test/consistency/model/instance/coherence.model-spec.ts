import { coherenceModel } from './coherence.model.js';
import { HOLDS, prove } from '../checker/proof.js';

prove({
  promise: 'the L1 of another instance is at most maxStaleness behind an acknowledged write',
  model: (keeps) => coherenceModel(keeps, 'acknowledge'),
  moreStatesThan: 12_000,
  without: {
    pushPoisons: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    intentPushed: HOLDS,
    pushesNotDeduplicated: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    admitOnlyStored: HOLDS,
    heartbeatFollowsPushes: 'a heartbeat: L1 serves v0 under a heartbeat sent after v1',
    heartbeatCountsFromSending: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    heartbeatAfterSubscribe: 'a heartbeat: L1 serves v0 under a heartbeat sent after v1',
    flushAtError: HOLDS,
    flushAtReady: HOLDS,
    flushAtConfirmation: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    flushPoisons: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
  },
  spare: ['flushAtError', 'flushAtReady'],
});

prove({
  promise: 'the L1 of another instance is at most maxStaleness behind a commit whose writer may have died',
  model: (keeps) => coherenceModel(keeps, 'commit'),
  moreStatesThan: 10_000,
  without: {
    pushPoisons: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    intentPushed: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    pushesNotDeduplicated: HOLDS,
    admitOnlyStored: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    heartbeatFollowsPushes: 'a heartbeat: L1 serves v0 under a heartbeat sent after v1',
    heartbeatCountsFromSending: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    heartbeatAfterSubscribe: 'a heartbeat: L1 serves v0 under a heartbeat sent after v1',
    flushAtError: HOLDS,
    flushAtReady: HOLDS,
    flushAtConfirmation: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
    flushPoisons: 'the heartbeat is answered: L1 serves v0 under a heartbeat sent after v1',
  },
  spare: ['flushAtError', 'flushAtReady'],
});
