/** The readers of one instance. */
const READERS = 4;
/** The pause of a writer between two writes, in milliseconds. */
const WRITE_PAUSE_MS = 100;

/** A user, as the API answers it. */
interface Versioned {
  readonly id: string;
  readonly version: number;
}

/** Reads and writes users of several instances. Few users are read often: the popularity follows Zipf's law. */
export class Traffic {
  readonly #ids: string[] = [];
  /** The sum of the popularities up to each user. */
  #popularities: readonly number[] = [];
  #reads = 0;
  #hits = 0;
  #writes = 0;
  #failed = 0;
  #olderThanOwnWrite = 0;
  #longestMs = 0;
  #reported = { reads: 0, at: performance.now() };
  #isRunning = false;

  constructor(private readonly urls: readonly string[]) {}

  /** Whether every request was answered, and no client read an older value than it wrote. */
  get held(): boolean {
    return this.#reads > 0 && this.#writes > 0 && this.#failed === 0 && this.#olderThanOwnWrite === 0;
  }

  async createUsers(count: number): Promise<void> {
    for (let user = 0; user < count; user += 1) {
      const { id } = await this.#send(this.urls[0] ?? '', {
        method: 'POST',
        body: JSON.stringify({ name: `User ${user}`, email: `user-${user}@example.org` }),
      });
      this.#ids.push(id);
    }
    let sum = 0;
    this.#popularities = this.#ids.map((_, rank) => (sum += 1 / (rank + 1)));
  }

  /** Starts the traffic. Returns a function that ends it. */
  run(): () => Promise<void> {
    this.#isRunning = true;
    const workers = this.urls.flatMap((url) => [
      ...Array.from({ length: READERS }, () => this.#read(url)),
      this.#write(url),
    ]);
    return async () => {
      this.#isRunning = false;
      await Promise.all(workers);
    };
  }

  report(): string {
    const now = performance.now();
    const perSecond = ((this.#reads - this.#reported.reads) * 1_000) / (now - this.#reported.at);
    this.#reported = { reads: this.#reads, at: now };
    return `${perSecond.toFixed().padStart(6)} reads/s   ${this.summary()}`;
  }

  summary(): string {
    const ratio = ((this.#hits / Math.max(1, this.#reads)) * 100).toFixed(1);
    return `${this.#reads} reads, ${ratio} % hits, ${this.#writes} writes, ${this.#failed} failed, ${this.#olderThanOwnWrite} older than an own write, longest ${this.#longestMs.toFixed()} ms`;
  }

  /** Every fifth read is the page of a user's orders, which contains the name of the user. */
  async #read(url: string): Promise<void> {
    let count = 0;
    while (this.#isRunning) {
      count += 1;
      const id = this.#popularId();
      await this.#get(url, id, count % 5 === 0 ? `/users/${id}/orders` : undefined);
    }
  }

  /** Writes, and reads the own write back from the same instance. */
  async #write(url: string): Promise<void> {
    for (let count = 0; this.#isRunning; count += 1) {
      const id = this.#popularId();
      const name = `User ${url.slice(-5)} ${count}`;
      const written = await this.#send(`${url}/users/${id}`, { method: 'PATCH', body: JSON.stringify({ name }) }).catch(
        () => undefined,
      );
      if (written) {
        this.#writes += 1;
        const read = await this.#get(url, id);
        // Another writer may have been faster: versions ascend.
        if (read && read.version < written.version) this.#olderThanOwnWrite += 1;
      } else {
        this.#failed += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, WRITE_PAUSE_MS));
    }
  }

  async #get(url: string, id: string, path = `/users/${id}`): Promise<Versioned | undefined> {
    const startedAt = performance.now();
    try {
      const response = await fetch(`${url}${path}`);
      const user: Versioned = JSON.parse(await response.text());
      if (!response.ok) throw new Error(`${response.status}`);
      this.#reads += 1;
      if (response.headers.get('x-cache') === 'HIT') this.#hits += 1;
      return user;
    } catch {
      this.#failed += 1;
      return undefined;
    } finally {
      this.#longestMs = Math.max(this.#longestMs, performance.now() - startedAt);
    }
  }

  async #send(
    address: string,
    { method, body }: { readonly method: string; readonly body: string },
  ): Promise<Versioned> {
    const path = method === 'POST' ? `${address}/users` : address;
    const response = await fetch(path, { method, body, headers: { 'content-type': 'application/json' } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  #popularId(): string {
    const total = this.#popularities.at(-1) ?? 0;
    const point = Math.random() * total;
    return this.#ids[this.#popularities.findIndex((sum) => sum >= point)] ?? '';
  }
}
