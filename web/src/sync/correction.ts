/** What an error asks for: nothing, another rate, a quarter step for a time, or a seek. Pure arithmetic; times are ms. */
import type { Tuning } from './tuning';

export type Correction =
  | { readonly do: 'nothing' | 'settle' | 'seek' }
  | { readonly do: 'nudge'; readonly rate: number }
  | { readonly do: 'burst'; readonly rate: number; readonly lasts: number };

/** The step of players with coarse rates. */
const STEP = 0.25;
/** So many rates to 1: rounded, a hair's change of the error is no change of the rate. */
const GRAINS = 200;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export interface Case {
  /** How far ahead, ms. */
  readonly error: number;
  /** The room's own rate. */
  readonly rate: number;
  /** The rates it takes. */
  readonly rates: 'any' | readonly number[] | null;
  /** Whether a nudge is under way. */
  readonly nudging: boolean;
  /** Whether the place to seek to is loaded. */
  readonly loaded: boolean;
}

export function correction(tuning: Tuning, { error, rate, rates, nudging, loaded }: Case): Correction {
  const off = Math.abs(error);
  if (off > (loaded ? tuning.hard : tuning.hardFar)) return { do: 'seek' };
  if (tuning.by === 'seeks' || rates === null) return { do: 'nothing' };
  if (tuning.by === 'rate') {
    if (nudging && off <= tuning.exit) return { do: 'settle' };
    if (!nudging && off <= tuning.enter) return { do: 'nothing' };
    const part = clamp(error / tuning.horizon, -tuning.reach, tuning.reach);
    return { do: 'nudge', rate: Math.round(rate * (1 - part) * GRAINS) / GRAINS };
  }
  const step = rate + (error > 0 ? -STEP : STEP);
  if (off <= tuning.enter || (rates !== 'any' && !rates.includes(step))) return { do: 'nothing' };
  return { do: 'burst', rate: step, lasts: off / STEP };
}
