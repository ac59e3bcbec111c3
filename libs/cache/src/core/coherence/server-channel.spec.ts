import { describe, expect, it, vi } from 'vitest';
import { ServerChannel } from './server-channel.js';

describe(ServerChannel.name, () => {
  it('is verified by its own heartbeats, until its own messages may be lost', () => {
    const coherence = { onInvalidation: vi.fn(), onChannelLost: vi.fn(), onHeartbeat: vi.fn() };
    const [one, other] = [new ServerChannel(coherence), new ServerChannel(coherence)];
    one.onHeartbeat(5);
    one.onHeartbeat(3);
    other.onHeartbeat(7);
    expect([one.verifiedAt, other.verifiedAt]).toEqual([5, 7]);
    other.onChannelLost();
    expect([one.verifiedAt, other.verifiedAt]).toEqual([5, -Infinity]);
    one.onInvalidation('done', 'k');
    expect(coherence.onInvalidation).toHaveBeenCalledWith('done', 'k');
    expect(coherence.onChannelLost).toHaveBeenCalledTimes(1);
  });
});
