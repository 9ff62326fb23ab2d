/**
 * One start or seek, and what it cost: the time that passed without the film moving. Measured by the local clock alone, so that
 * a server clock that is only just becoming known spoils no lead.
 */
import type { Leads } from './tuning';

/** What is believed of one measurement. */
const TRUST = { play: 0.7, seek: 0.6 } as const;
/** More than this is no cost of a player but a stall, ms. */
const LIMIT = { play: 600, seek: 1500 } as const;

export class Departure {
  /** Played or sought at a local time, from a position, at a rate. */
  constructor(
    readonly kind: keyof Leads,
    private readonly at: number,
    private readonly from: number,
    private readonly rate: number,
  ) {}

  /** How much time it lost, ms, as seen at a later local time when the player stood at `position`. */
  cost(at: number, position: number): number {
    return at - this.at - (position - this.from) / this.rate;
  }

  /** The leads, having seen that cost; the same where it is not to be believed. */
  learn(leads: Leads, cost: number): Leads {
    const limit = LIMIT[this.kind];
    if (cost < -limit || cost > limit) return leads;
    const old = leads[this.kind];
    return { ...leads, [this.kind]: Math.min(limit, Math.max(0, old + TRUST[this.kind] * (cost - old))) };
  }
}
