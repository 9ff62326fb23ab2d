/** Small choices that this browser remembers: whether later parts of the film are hidden, whether reactions keep still. */
import { read, write } from '../prefs';

class Flag {
  readonly #listeners = new Set<() => void>();

  constructor(private readonly name: string, private readonly otherwise: boolean) {}

  get(): boolean {
    return (read(this.name) ?? (this.otherwise ? 'yes' : 'no')) === 'yes';
  }

  set(value: boolean): void {
    write(this.name, value ? 'yes' : 'no');
    for (const listener of [...this.#listeners]) listener();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Lines about a later part of the film are veiled. */
export const spoilerGuard = new Flag('spoilers', true);
/** Reactions do not move over the film. */
export const calmReactions = new Flag('calm', false);
