/** Where everyone is, in seconds from the room. Who stands at the same place lies side by side, so that nobody is hidden. */
import { offText, t } from '../../words';
import { Avatar, vars } from '../parts';
import '../../words/later';

export interface Mark {
  readonly key: string | number;
  readonly person: string;
  readonly name: string;
  /** How far ahead, ms. */
  readonly drift: number;
  readonly you: boolean;
}

/** The ruler reaches so far to each side, ms. */
const REACH = 2000;
/** So much of its width lies on each side, and so much is between two at the same place, in hundredths. */
const HALF = 46;
const APART = 6;
/** More than these do not fit side by side; the nearest to you and the furthest off are shown. */
const SHOWN = 11;

/** Places in hundredths of the width, for drifts in ascending order: as true as can be without one lying on another. */
export function places(drifts: readonly number[]): readonly number[] {
  const goals = drifts.map((drift) => 50 + (Math.min(REACH, Math.max(-REACH, drift)) / REACH) * HALF);
  // Groups that touch become one, around the middle of where its members belong.
  const groups: { goals: number[]; middle: number }[] = [];
  const half = (group: { goals: number[] }): number => ((group.goals.length - 1) * APART) / 2;
  for (const goal of goals) {
    let group = { goals: [goal], middle: goal };
    for (let last = groups.at(-1); last !== undefined; last = groups.at(-1)) {
      if (last.middle + half(last) + APART <= group.middle - half(group)) break;
      groups.pop();
      const all = [...last.goals, ...group.goals];
      group = { goals: all, middle: all.reduce((sum, one) => sum + one, 0) / all.length };
    }
    groups.push(group);
  }
  return groups.flatMap((group) => {
    const middle = Math.min(96 - half(group), Math.max(4 + half(group), group.middle));
    return group.goals.map((_, index) => middle - half(group) + index * APART);
  });
}

export function Ruler({ marks }: { readonly marks: readonly Mark[] }) {
  const far = [...marks].sort((one, other) => Number(other.you) - Number(one.you) || Math.abs(other.drift) - Math.abs(one.drift));
  const shown = far.slice(0, SHOWN).sort((one, other) => one.drift - other.drift);
  const at = places(shown.map((mark) => mark.drift));
  const furthest = Math.max(0, ...marks.map((mark) => Math.abs(mark.drift)));
  const label = marks.some((mark) => !mark.you) ? t('sync.ruler', { off: offText(furthest) }) : t('sync.ruler.alone');
  return (
    <div class="ruler" role="img" aria-label={label}>
      <span class="z" />
      <span class="tk" style={{ left: '4%' }}>−2 s</span>
      <span class="tk" style={{ left: '27%' }}>−1</span>
      <span class="tk" style={{ left: '73%' }}>+1</span>
      <span class="tk" style={{ left: '96%' }}>+2 s</span>
      {shown.map((mark, index) => (
        <span
          key={mark.key} class={mark.you ? 'ruler-at ruler-at--you' : 'ruler-at'} title={`${mark.name}: ${offText(mark.drift)}`}
          style={vars({ '--x': `${(at[index] ?? 50).toFixed(1)}%` })}
        >
          <Avatar person={mark.person} name={mark.name} size={22} />
        </span>
      ))}
      {marks.length > shown.length && <span class="ruler-more">+{marks.length - shown.length}</span>}
    </div>
  );
}
