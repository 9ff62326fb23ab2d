/** What stands in the chat, in order: lines, deeds, reactions counted together, and what only this person was told. Pure. */
import type { By, ChatLine } from '../../protocol';
import type { Aside } from '../../room';
import type { Deed } from '../../room-deeds';

/** A reaction, as its event told it. */
export interface Reaction {
  readonly seq: number;
  /** Unix ms. */
  readonly at: number;
  readonly by: By;
  readonly emoji: string;
  readonly position_ms: number | null;
}

/** Reactions of the same moment. */
export interface Burst {
  /** The first one's. */
  readonly seq: number;
  readonly at: number;
  readonly position_ms: number | null;
  /** Each kind once, with how many there are, the most frequent first. */
  readonly kinds: readonly { readonly emoji: string; readonly count: number }[];
  /** Who reacted, each once. */
  readonly people: readonly By[];
}

export type Entry =
  | { readonly kind: 'line'; readonly at: number; readonly line: ChatLine; readonly joined: boolean }
  | { readonly kind: 'deed'; readonly at: number; readonly deed: Deed }
  | { readonly kind: 'burst'; readonly at: number; readonly burst: Burst }
  | { readonly kind: 'aside'; readonly at: number; readonly aside: Aside };

/** Following lines of one person within this time join, ms. */
const JOINS = 60_000;
/** Reactions within this time of the one before are of the same moment, ms. */
const MOMENT = 20_000;

function burst(reactions: readonly Reaction[]): Burst {
  const counts = new Map<string, number>();
  const people = new Map<string, By>();
  for (const { emoji, by } of reactions) {
    counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
    people.set(by.person, by);
  }
  const kinds = [...counts].map(([emoji, count]) => ({ emoji, count })).sort((one, other) => other.count - one.count);
  const first = reactions[0];
  return { seq: first?.seq ?? 0, at: first?.at ?? 0, position_ms: first?.position_ms ?? null, kinds, people: [...people.values()] };
}

interface Kinds {
  readonly lines: readonly ChatLine[];
  readonly deeds: readonly Deed[];
  readonly reactions: readonly Reaction[];
  readonly asides: readonly Aside[];
}

type Single = Exclude<Entry, { kind: 'burst' }> | { readonly kind: 'reaction'; readonly at: number; readonly reaction: Reaction };

/** All of it, oldest first. */
export function entriesOf({ lines, deeds, reactions, asides }: Kinds): readonly Entry[] {
  const all: Single[] = [
    ...lines.map((line): Single => ({ kind: 'line', at: line.at, line, joined: false })),
    ...deeds.map((deed): Single => ({ kind: 'deed', at: deed.at, deed })),
    ...reactions.map((reaction): Single => ({ kind: 'reaction', at: reaction.at, reaction })),
    ...asides.map((aside): Single => ({ kind: 'aside', at: aside.at, aside })),
  ].sort((one, other) => one.at - other.at);
  const entries: Entry[] = [];
  let open: Reaction[] = [];
  const close = (): void => {
    if (open.length > 0) entries.push({ kind: 'burst', at: open[0]?.at ?? 0, burst: burst(open) });
    open = [];
  };
  for (const one of all) {
    if (one.kind === 'reaction') {
      const last = open.at(-1);
      if (last !== undefined && one.at - last.at > MOMENT) close();
      open.push(one.reaction);
      continue;
    }
    close();
    if (one.kind !== 'line') {
      entries.push(one);
      continue;
    }
    const before = entries.at(-1);
    const { line } = one;
    const joined = before?.kind === 'line' && before.line.by?.person === line.by?.person && before.line.by?.door === line.by?.door &&
      line.at - before.line.at < JOINS;
    entries.push({ ...one, joined });
  }
  close();
  return entries;
}

/** What is said of so much later a part may give something away, ms. */
const AHEAD = 3000;

interface Where {
  /** Where this person is, ms; `null` where nothing is on. */
  readonly position: number | null;
  /** Lines up to this number were about another film; `null` while that is not known. */
  readonly filmFrom: number | null;
}

/** Whether a line is about a part of the film that this person has not come to. */
export function isAhead(line: Pick<ChatLine, 'seq' | 'position_ms'>, { position, filmFrom }: Where): boolean {
  return position !== null && filmFrom !== null && line.position_ms !== null && line.seq > filmFrom &&
    line.position_ms > position + AHEAD;
}
