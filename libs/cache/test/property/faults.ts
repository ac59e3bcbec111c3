import type { History } from './history.js';
import type { Fleet, Instance } from './instance.js';
import type { Fault } from './scenario.js';

/** How often what is pending is told anew before it is taken to be pending for ever. */
const MOST_FLUSHES = 10;

/** Time that passes, connections and servers that come and go, and what a process does about it. */
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
      case 'deafen': {
        const instance = this.#of(fault);
        instance.deaf = true;
        return instance.store.deafen();
      }
      case 'hear':
        return this.hear(this.#of(fault));
      case 'flush':
        return this.fleet.server.flush();
      case 'save':
        return this.fleet.server.save();
      case 'restart':
        this.fleet.server.restart();
        this.instances.forEach((instance) => this.#meet(instance));
    }
  }

  /** Time passes, and whoever hears is proved to hear. */
  pass(ms: number): void {
    this.fleet.clock.advance(ms);
    for (const { runtime, deaf } of this.instances) if (!deaf) runtime.coherence.onHeartbeat(this.fleet.clock.now());
  }

  hear(instance: Instance): void {
    instance.store.deafen();
    this.fleet.server.connect(instance.runtime.coherence);
    instance.deaf = false;
    instance.runtime.coherence.onChannelLost();
    instance.runtime.coherence.onHeartbeat(this.fleet.clock.now());
  }

  /** Everything works again, and what was pending is told. */
  async recover(): Promise<void> {
    for (const instance of this.instances) {
      instance.store.reconnect();
      this.hear(instance);
      // One that was under way before counts as the first.
      for (let times = 0; times < MOST_FLUSHES && (times === 0 || instance.runtime.pending.size > 0); times += 1)
        await this.#flushPending(instance);
      if (instance.runtime.pending.size > 0)
        throw new Error('What is pending cannot be told to a server that is there');
    }
  }

  #reconnect(instance: Instance): void {
    instance.store.reconnect();
    void this.#flushPending(instance);
  }

  /** What a process does that comes upon another server, before it sends it anything. */
  #meet(instance: Instance): void {
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
