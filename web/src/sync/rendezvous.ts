/**
 * Meeting the room further on, for a player whose line is thin: it goes to a place ahead of the room, stands there while data
 * come in, and goes when the room passes. Seeking to where the room is now would start with an empty buffer and starve again;
 * playing on from behind would take a minute at the rates nobody notices. Times are ms.
 *
 * Measured with a line 15 % quicker than its film that brought nothing for 9 s (`npm run bench:sync -- --thin --tabs 2`), from
 * the first byte until it was within 200 ms for good: 3.4 to 3.9 s in seven runs with the first place 3 s ahead, for most of which
 * the picture stands; 7.8 and 7.8 s with one 2 s ahead, and 10.2 s with one 2.5 s ahead, for the room passed before enough was
 * loaded; 4.5 and 4.6 s with one 4 s ahead. With seeks alone it was 3.0, 4.1 and 17.3 s, by how far the next keyframe lay.
 */

/** So much is loaded before it goes, so that it does not starve again at once. */
const ENOUGH = 2000;
/** How far ahead the first place lies, and the furthest: nobody stands longer than that at one place. */
const FIRST = 3000;
const FURTHEST = 8000;
/** The next place lies as far ahead as loading took, and so much more. */
const MARGIN = 1.25;

export class Rendezvous {
  private constructor(
    /** Where it stands and waits. */
    readonly place: number,
    /** It has enough when this is loaded. */
    readonly until: number,
    private readonly since: number,
    private readonly ahead: number,
  ) {}

  /** A first place, at a local time, for a room that is at `target` and moves at `rate`. */
  static first(local: number, target: number, rate: number): Rendezvous {
    return Rendezvous.#at(local, target, rate, FIRST);
  }

  /** The next place, where the room passed before enough was loaded. */
  next(local: number, target: number, rate: number): Rendezvous {
    const took = (local - this.since) * MARGIN;
    return Rendezvous.#at(local, target, rate, Math.min(FURTHEST, Math.max(this.ahead, took)));
  }

  /** It has waited here long enough for any line that is worth waiting for. */
  over(local: number): boolean {
    return local - this.since > this.ahead + FURTHEST;
  }

  static #at(local: number, target: number, rate: number, ahead: number): Rendezvous {
    const place = target + ahead * rate;
    return new Rendezvous(place, place + ENOUGH * rate, local, ahead);
  }
}
