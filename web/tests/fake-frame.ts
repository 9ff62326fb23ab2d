import type { PlayerPort, PlayerSignal } from '../src/players/port';

/** Somebody else's player behind a port, as its frame would speak: what it was told, and what it says. */
export class FakeFrame {
  readonly told: unknown[] = [];
  readonly signals: PlayerSignal[] = [];
  readonly #window = { postMessage: (message: unknown, origin: string) => this.#hear(message, origin) };
  readonly #origin: string;

  constructor(readonly player: PlayerPort) {
    this.#origin = new URL((player.node as HTMLIFrameElement).src).origin;
    Object.defineProperty(player.node, 'contentWindow', { value: this.#window, configurable: true });
    player.onSignal((signal) => this.signals.push(signal));
  }

  get src(): URL {
    return new URL((this.player.node as HTMLIFrameElement).src);
  }

  #hear(message: unknown, origin: string): void {
    if (origin !== this.#origin) throw new Error(`a message for ${origin} would be heard by others than ${this.#origin}`);
    this.told.push(typeof message === 'string' ? JSON.parse(message) : message);
  }

  /** Says something to the page; `from` another origin or window it must not be heard. */
  says(data: unknown, from: { origin?: string; source?: unknown } = {}): void {
    const event = new Event('message');
    Object.defineProperties(event, {
      data: { value: data }, origin: { value: from.origin ?? this.#origin }, source: { value: 'source' in from ? from.source : this.#window },
    });
    window.dispatchEvent(event);
  }

  /** What it was told since the last look. */
  heard(): unknown[] {
    return this.told.splice(0);
  }
}
