// Requests about probes. A pen makes more than Python can answer, so one is in flight and only the latest waits.

/** @typedef {import("./messages").ProbeArgs} Args */
/** @typedef {Omit<Args, "by" | "n">} Request */

const PATIENCE = 1.5; // seconds without an answer after which the next request is sent all the same

export class Asker {
  /**
   * @param {string} page its name
   * @param {(args: Args) => void} send
   * @param {() => number} clock seconds
   * @param {(act: () => void, seconds: number) => void} later
   */
  constructor(page, send, clock, later) {
    this.page = page;
    this.send = send;
    this.clock = clock;
    this.later = later;
    this.n = Math.floor(1e6 * Math.random()); // so that a reloaded page's requests are new
    /** The request in flight, and since when. @type {{n: number, since: number} | null} */
    this.flying = null;
    this.gap = 0; // seconds between two questions
    this.askedAt = -Infinity;
    this.resting = false;
    /** @type {Request | null} */
    this.next = null;
  }

  /** Send now what must not be lost. @param {Request} request */
  tell(request) {
    this.n += 1;
    this.send({ ...request, by: this.page, n: this.n });
    return this.n;
  }

  /** Ask about a probe; a later one takes its place while it waits. @param {import("./messages").GivenProbe} probe */
  ask(probe) {
    this.next = { action: "ask", probe };
    this.pump();
  }

  /** Forget the request that waits. */
  drop() {
    this.next = null;
  }

  pump() {
    if (!this.next) return;
    if (this.flying && this.clock() - this.flying.since < PATIENCE) return;
    const rest = this.gap - (this.clock() - this.askedAt);
    if (rest > 1e-6) {
      if (!this.resting) this.later(() => this.rested(), rest);
      this.resting = true;
      return;
    }
    this.askedAt = this.clock();
    const request = this.next;
    this.next = null;
    const flying = (this.flying = { n: this.tell(request), since: this.clock() });
    this.later(() => this.flying === flying && this.pump(), PATIENCE);
  }

  rested() {
    this.resting = false;
    this.pump();
  }

  /** What Python answered. @param {{by: string, n: number}} state @returns {number | null} seconds it took, if it answers the one in flight */
  answered({ by, n }) {
    if (by !== this.page || !this.flying || n < this.flying.n) return null;
    const taken = this.clock() - this.flying.since;
    this.flying = null;
    this.pump();
    return taken;
  }

  /** Whether a request waits or is in flight. */
  get busy() {
    return this.flying !== null || this.next !== null;
  }
}
