/**
 * How each kind of player is steered. The numbers were measured, not chosen by taste: a change of rate costs a media element
 * about 20 ms by itself, so that errors under 30 ms are better left alone. Times are ms.
 */

/** What starting and seeking cost a kind of player on this device; learnt, and kept by whoever owns the storage. */
export interface Leads {
  readonly play: number;
  readonly seek: number;
}

export interface Tuning {
  /** By what it is brought back: any rate in proportion to the error, a quarter step for a time, or nothing but seeks. */
  readonly by: 'rate' | 'steps' | 'seeks';
  /** Looks at the error this often while it plays. */
  readonly tick: number;
  /** Begins to correct past this error, and stops under the other. */
  readonly enter: number;
  readonly exit: number;
  /** Greatest nudge, as a part of the rate. */
  readonly reach: number;
  /** An error is meant to be gone after this long; bounded by `reach`. */
  readonly horizon: number;
  /** Seeks past this error; the second where the target is not buffered yet. */
  readonly hard: number;
  readonly hardFar: number;
  /** At most one such seek in this time. */
  readonly cooldown: number;
  /** What starting and seeking are taken to cost until it is learnt. */
  readonly first: Leads;
}

/** A media element: exact times, any rate. */
const native: Tuning = {
  by: 'rate', tick: 250, enter: 30, exit: 10, reach: 0.08, horizon: 800, hard: 1000, hardFar: 2000, cooldown: 1500,
  first: { play: 90, seek: 150 },
};

export const TUNING = {
  native,
  /** Somebody else's frame that takes rates in quarter steps, such as YouTube's. */
  stepped: { ...native, by: 'steps', enter: 70, exit: 30, hard: 2000, hardFar: 2000, cooldown: 3000, first: { play: 100, seek: 450 } },
  /** One that takes any rate, and says where it is a few times a second, such as Vimeo's. */
  reported: { ...native, enter: 80, exit: 30, reach: 0.1, hard: 1500, hardFar: 2000, cooldown: 3000, first: { play: 150, seek: 400 } },
  /** One without rates, such as Twitch's. */
  seeking: { ...native, by: 'seeks', enter: Infinity, hard: 1500, hardFar: 2500, cooldown: 5000, first: { play: 150, seek: 450 } },
} as const satisfies Record<string, Tuning>;

/** Which row of the table steers a player. */
export type TuningName = keyof typeof TUNING;
