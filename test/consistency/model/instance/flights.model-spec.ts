import { flightsModel } from './flights.model.js';
import { HOLDS, prove } from '../checker/proof.js';

prove({
  promise: 'a joined flight is at most maxStaleness behind an acknowledged write, and never behind an own one',
  model: (keeps) => flightsModel(keeps, 'acknowledge'),
  moreStatesThan: 500,
  without: {
    youngOnly: HOLDS,
    countsFromEvidence: HOLDS,
    ownWriteDetaches: 'DONE, detach, acknowledge: the writer itself joins v0',
    ownCommitDetaches: HOLDS,
    registeredUnderTags: 'DONE, detach, acknowledge: the writer itself joins v0',
    strongNeverJoins: 'it hits v0 by the tags in L1: a strong read joins v0',
    doneDetaches: HOLDS,
    flushDetaches: HOLDS,
    channelVerified: HOLDS,
  },
  spare: ['doneDetaches', 'flushDetaches', 'channelVerified', 'ownCommitDetaches'],
});

prove({
  promise: 'a joined flight is at most maxStaleness behind a commit whose writer may have died',
  model: (keeps) => flightsModel(keeps, 'commit'),
  moreStatesThan: 660,
  without: {
    youngOnly: 'a heartbeat: a reader joins v0, v1 is two ticks old',
    countsFromEvidence: 'a heartbeat: a reader joins v0, v1 is two ticks old',
    ownWriteDetaches: 'DONE, detach, acknowledge: the writer itself joins v0',
    ownCommitDetaches: HOLDS,
    registeredUnderTags: 'DONE, detach, acknowledge: the writer itself joins v0',
    strongNeverJoins: 'it hits v0 by the tags in L1: a strong read joins v0',
    doneDetaches: HOLDS,
    flushDetaches: HOLDS,
    channelVerified: HOLDS,
  },
  spare: ['doneDetaches', 'flushDetaches', 'channelVerified', 'ownCommitDetaches'],
});

// Messages of the channel may be left out altogether: a flight's own age is enough. So loads are shared without Redis, too.
prove<'youngOnly' | 'countsFromEvidence', unknown>({
  promise: 'by its age alone, a joined flight is at most maxStaleness behind a commit',
  model: (keeps) =>
    flightsModel((rule) => {
      if (rule === 'youngOnly' || rule === 'countsFromEvidence') return keeps(rule);
      return rule !== 'doneDetaches' && rule !== 'flushDetaches' && rule !== 'channelVerified';
    }, 'commit'),
  moreStatesThan: 660,
  without: {
    youngOnly: 'a tick: a reader joins v0, v1 is two ticks old',
    countsFromEvidence: 'a tick: a reader joins v0, v1 is two ticks old',
  },
});

// The other way round: by the channel alone. Good for acknowledged writes; a dead writer sends no DONE, so nothing detaches.
prove<'doneDetaches' | 'flushDetaches' | 'channelVerified', unknown>({
  promise: 'by the channel alone, a joined flight is at most maxStaleness behind an acknowledged write',
  model: (keeps) =>
    flightsModel((rule) => {
      if (rule === 'doneDetaches' || rule === 'flushDetaches' || rule === 'channelVerified') return keeps(rule);
      return rule !== 'youngOnly' && rule !== 'countsFromEvidence';
    }, 'acknowledge'),
  moreStatesThan: 460,
  without: {
    doneDetaches: 'a heartbeat: a reader joins v0, v1 is two ticks old',
    flushDetaches: 'a heartbeat: a reader joins v0, v1 is two ticks old',
    channelVerified: 'a tick: a reader joins v0, v1 is two ticks old',
  },
});
