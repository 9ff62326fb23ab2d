/** Reactions over the film: each rises for a moment with its name; where motion is not wanted they stand in a corner and fade. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Reaction } from '../chat/entries';
import { talkOf } from '../chat/talk';
import { names, t } from '../../words';
import { calmReactions } from '../flags';
import { useRoom, useRoomState, useWatch } from '../hooks';
import { vars } from '../parts';
import { Emoji, emojiName } from './Emoji';
import '../../styles/reactions.css';
import '../../words/later';

/** How long one is seen, ms; the styles know it too. */
const SEEN = 3200;
/** No more than so many at once: the film stays a film. */
const CROWD = 14;
/** Readers are told in one breath what came within this time, ms. */
const BREATH = 3000;

/** A place along the lower edge, the same for everybody: 6 to 30 of a hundred from the right. */
const lane = (seq: number): number => 6 + ((seq * 7) % 25);

/** Who liked it how, in one sentence. */
export function told(reactions: readonly Reaction[], you: string | null): string {
  const people = [...new Map(reactions.map((one) => [one.by.person, one.by.person === you ? t('You') : one.by.name])).values()];
  const kinds = [...new Set(reactions.map((one) => emojiName(one.emoji)))];
  return t('reactions.told', { names: names(people), kinds: names(kinds) });
}

export function Rising() {
  const talk = talkOf(useRoom());
  const { you } = useRoomState();
  const reactions = useWatch(talk, () => talk.state.reactions);
  const calm = useWatch(calmReactions, () => calmReactions.get());
  const from = useRef(reactions.at(-1)?.seq ?? 0);
  const [seen, setSeen] = useState<readonly Reaction[]>([]);
  const [said, setSaid] = useState('');
  const unsaid = useRef<Reaction[]>([]);
  const breath = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    const fresh = reactions.filter((one) => one.seq > from.current);
    const last = fresh.at(-1);
    if (last === undefined) return;
    from.current = last.seq;
    setSeen((now) => [...now, ...fresh].slice(-CROWD));
    setTimeout(() => setSeen((now) => now.filter((one) => !fresh.includes(one))), SEEN);
    unsaid.current.push(...fresh.filter((one) => one.by.person !== you?.person));
    breath.current ??= setTimeout(() => {
      breath.current = null;
      if (unsaid.current.length > 0) setSaid(told(unsaid.current, you?.person ?? null));
      unsaid.current = [];
    }, BREATH);
  }, [reactions]);
  useEffect(() => () => {
    if (breath.current !== null) clearTimeout(breath.current);
  }, []);
  return (
    <>
      <div class={calm ? 'rising rising--calm' : 'rising'} aria-hidden="true">
        {seen.map((one) => (
          <span key={one.seq} class="rise" style={vars({ '--lane': `${lane(one.seq)}%` })}>
            <Emoji emoji={one.emoji} silent /><small dir="auto">{one.by.name}</small>
          </span>
        ))}
      </div>
      <span class="vh" role="status">{said}</span>
    </>
  );
}
