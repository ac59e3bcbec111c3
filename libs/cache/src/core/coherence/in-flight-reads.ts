/**
 * Every read that is under way, under the names of its slot and its tags, so that an invalidation reaches it before its result
 * does: what it brings may still answer its own caller, but must not outlive the invalidation in L1.
 */
export class ReadsInFlight {
  readonly #tickets = new Map<string, Set<Ticket>>();

  begin(names: readonly string[]): Ticket {
    const ticket = new Ticket(names);
    for (const name of names) {
      const tickets = this.#tickets.get(name);
      if (tickets) tickets.add(ticket);
      else this.#tickets.set(name, new Set([ticket]));
    }
    return ticket;
  }

  end(ticket: Ticket): void {
    for (const name of ticket.names) {
      const tickets = this.#tickets.get(name);
      tickets?.delete(ticket);
      if (tickets?.size === 0) this.#tickets.delete(name);
    }
  }

  /** A write of `name` was announced: results of reads under way stay out of L1. */
  poison(name: string): void {
    this.#tickets.get(name)?.forEach((ticket) => ticket.poison());
  }

  /** A write of `name` was carried out: besides, nobody may join these reads any more. */
  detach(name: string): void {
    this.#tickets.get(name)?.forEach((ticket) => ticket.detach());
  }

  detachAll(): void {
    for (const tickets of this.#tickets.values()) tickets.forEach((ticket) => ticket.detach());
  }
}

/** One read under way. */
export class Ticket {
  #poisoned = false;
  #detached = false;

  constructor(readonly names: readonly string[]) {}

  /** Its result may not enter L1. */
  get poisoned(): boolean {
    return this.#poisoned;
  }

  /** Nobody may join it. */
  get detached(): boolean {
    return this.#detached;
  }

  poison(): void {
    this.#poisoned = true;
  }

  detach(): void {
    this.#poisoned = true;
    this.#detached = true;
  }
}
