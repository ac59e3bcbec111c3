import { prove } from '../checker/proof.js';
import { snapshotModel } from './snapshot.model.js';

prove({
  promise: 'a snapshot sees a transaction as a whole, or not at all',
  model: snapshotModel,
  moreStatesThan: 100,
  without: {
    looksOnce: 'the snapshot reads b: the snapshot has a0 and b1',
    looksAgain: 'the snapshot reads b: the snapshot has a0 and b1',
    waitsForWrites: 'the snapshot reads a and b: the snapshot has a1 and b0',
    announcesAll: 'the snapshot reads a and b: the snapshot has a1 and b0',
    readsWhatIsStored: 'the snapshot uses a loaded b: the snapshot has a2 and b1',
  },
});
