import type { History } from './history.js';
import type { Fleet, Instance } from './instance.js';
import type { Fault } from './scenario.js';

/** How often pending invalidations are flushed before the test fails. */
const MAX_FLUSHES = 10;

/** Injects faults: time that passes, connections and servers that come and go. Runs the reaction of each process. */
export class Faults {
  constructor(
    private readonly fleet: Pick<Fleet, 'server' | 'clock'>,
    private readonly instances: readonly Instance[],
    private readonly history: History,
  ) {}

  happen(fault: Fault): void {
    switch (fault.do) {
      case 'pass':
        return this.pass(fault.ms);
      case 'disconnect':
        return this.#of(fault).store.disconnect();
      case 'reconnect':
        return this.#reconnect(this.#of(fault));
      case 'dropMessages': {
        const instance = this.#of(fault);
        instance.messagesLost = true;
        return instance.store.dropMessages();
      }
      case 'receiveMessages':
        return this.receiveMessages(this.#of(fault));
      case 'flush':
        return this.fleet.server.flush();
      case 'save':
        return this.fleet.server.save();
      case 'restart':
        this.fleet.server.restart();
        this.instances.forEach((instance) => this.#onServerChange(instance));
    }
  }

  /** Lets time pass, and sends a heartbeat to each process that receives messages. */
  pass(ms: number): void {
    this.fleet.clock.advance(ms);
    for (const { runtime, messagesLost } of this.instances) {
      if (!messagesLost) runtime.coherence.onHeartbeat(this.fleet.clock.now());
    }
  }

  receiveMessages(instance: Instance): void {
    instance.store.dropMessages();
    this.fleet.server.connect(instance.runtime.coherence);
    instance.messagesLost = false;
    instance.runtime.coherence.onChannelLost();
    instance.runtime.coherence.onHeartbeat(this.fleet.clock.now());
  }

  /** Restores everything, and applies the pending invalidations. */
  async recover(): Promise<void> {
    for (const instance of this.instances) {
      instance.store.reconnect();
      this.receiveMessages(instance);
      // A flush already in flight counts as the first one.
      for (let times = 0; times < MAX_FLUSHES && (times === 0 || instance.runtime.pending.size > 0); times += 1)
        await this.#flushPending(instance);
      if (instance.runtime.pending.size > 0)
        throw new Error('Pending invalidations cannot be applied to an available server');
    }
  }

  #reconnect(instance: Instance): void {
    instance.store.reconnect();
    void this.#flushPending(instance);
  }

  /** Runs the reaction of a process to another server, before its first command. */
  #onServerChange(instance: Instance): void {
    const { coherence, pending, keys } = instance.runtime;
    coherence.onChannelLost();
    pending.add({ recordKeys: [], tags: [keys.namespaceTag] });
    void this.#flushPending(instance);
  }

  async #flushPending(instance: Instance): Promise<void> {
    const { pending } = instance.runtime;
    await pending.flush(instance.store);
    if (pending.size === 0) this.history.applied(instance.process);
  }

  #of({ to }: { readonly to: number }): Instance {
    const instance = this.instances[to];
    if (!instance) throw new Error(`There is no process ${to}`);
    return instance;
  }
}
