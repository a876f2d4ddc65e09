/** One request for many askers: the same key is asked once, and cancelled when its last asker leaves. */

interface Flight<T> {
  result: Promise<T>;
  abort: AbortController;
  askers: number;
}

/** Questions under way at once: those of one moment share a request. */
const RUNNING_MAX = 100;

/** Settled answers that are kept for panels that come into view later. */
const KEPT_MAX = 100;

export class Flights<T> {
  private readonly flights = new Map<string, Flight<T>>();
  private readonly kept = new Map<string, T>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly runningMax = RUNNING_MAX) {}

  /** The result for a key, by `start` unless it is known or already asked for. */
  async ask(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const flight = this.flights.get(key) ?? this.launch(key, start);
    flight.askers += 1;
    const leave = () => this.leave(key, flight);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([flight.result, aborted(signal)]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Whether anything is being asked. */
  get busy(): boolean {
    return this.flights.size > 0;
  }

  /** Forgets settled answers, so that the next asker gets new ones. */
  clear(): void {
    this.kept.clear();
  }

  private launch(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    const result = this.slot(abort.signal)
      .then(() => start(abort.signal).finally(() => this.release()))
      .then((value) => this.keep(key, value))
      .finally(() => {
        if (this.flights.get(key)?.abort === abort) this.flights.delete(key);
      });
    // The askers see the failure; without any, nobody has to.
    result.catch(() => undefined);
    const flight = { result, abort, askers: 0 };
    this.flights.set(key, flight);
    return flight;
  }

  private keep(key: string, value: T): T {
    this.kept.set(key, value);
    if (this.kept.size > KEPT_MAX) {
      const oldest = this.kept.keys().next().value;
      if (oldest !== undefined) this.kept.delete(oldest);
    }
    return value;
  }

  private leave(key: string, flight: Flight<T>): void {
    flight.askers -= 1;
    if (flight.askers > 0) return;
    flight.abort.abort();
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }

  /** Waits for a free place; gives up waiting when the flight is cancelled. */
  private async slot(signal: AbortSignal): Promise<void> {
    while (this.running >= this.runningMax) {
      await this.turn(signal);
      signal.throwIfAborted();
    }
    this.running += 1;
  }

  /** Settles when a place may be free. A cancelled flight leaves the queue, so that no turn is lost on it. */
  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      const leave = () => {
        const at = this.waiting.indexOf(resolve);
        if (at >= 0) this.waiting.splice(at, 1);
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  private release(): void {
    this.running -= 1;
    this.waiting.shift()?.();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
