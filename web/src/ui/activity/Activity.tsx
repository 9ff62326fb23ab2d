/** What was done and by whom, the newest first; what can be taken back is taken back here. Older deeds come from the server. */
import { useState } from 'preact/hooks';
import { audit } from '../../api/past';
import { deedsOf, type Deed } from '../../room-deeds';
import { agoText, clockText, t } from '../../words';
import { tell } from '../deeds';
import { useRoom, useRoomState, useTick } from '../hooks';
import { Icon } from '../Icon';
import { Origin } from '../parts';
import { Refusal, useAsking } from '../Refusal';
import { useRights } from '../rights';
import { Segments } from '../Segments';
import { usePages } from '../usePages';
import { kindOf, KINDS, opposite, type Kind } from './kinds';
import '../../styles/parts.css';
import '../../styles/queue.css';
import '../../styles/activity.css';
import '../../words/later';

/** Deeds of before this page was opened, for who may read them. */
function useOlder(first: number) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const { may } = useRights();
  const allowed = may('audit');
  const nothing = { entries: [], next: null };
  const pages = usePages(`${allowed}`, (before) => (allowed ? audit(room.id, before ?? String(first), null) : Promise.resolve(nothing)));
  const items = [...(state?.queue ?? []), ...(state?.shelf ?? []), ...[state?.current, state?.before].flatMap((item) => item ?? [])];
  const deeds = deedsOf([...(pages.entries ?? [])].reverse(), items);
  return { ...pages, deeds, allowed };
}

function Row({ deed, now, undo }: { readonly deed: Deed; readonly now: number; readonly undo: (() => void) | null }) {
  const { you } = useRoomState();
  const told = tell(deed);
  if (told === null) return null;
  const who = told.by === null ? null : told.by.person === you?.person ? t('You') : told.by.name;
  return (
    <li>
      <Icon name={told.icon} />
      <span>
        {who !== null && <><b dir="auto">{who}</b>{' '}</>}
        {told.text} <Origin door={told.by?.door} named />
        <br />
        <span class="t12 t3 num">
          {deed.position_ms === null ? agoText(deed.at, now) : t('activity.at', { at: clockText(deed.position_ms), ago: agoText(deed.at, now) })}
        </span>
      </span>
      {undo !== null && (
        <button class="btn btn--sm" type="button" aria-label={t('activity.undo', { what: told.text })} onClick={undo}>{t('undo')}</button>
      )}
    </li>
  );
}

export function Activity() {
  const room = useRoom();
  const { room: state, deeds, you } = useRoomState();
  const { may, why } = useRights();
  const asking = useAsking();
  const [kind, setKind] = useState<Kind>('all');
  // What happens from now on comes by the socket.
  const [first] = useState(() => deeds[0]?.seq ?? room.store.state.seq + 1);
  const older = useOlder(first);
  useTick(15_000);
  const now = Date.now();
  const undoable = new Map(state?.undo.map((one) => [one.seq, one.person]));
  const known = new Set(deeds.map((deed) => deed.seq));
  const all = [...older.deeds.filter((deed) => !known.has(deed.seq)), ...deeds].reverse();
  const shown = all.filter((deed) => (kind === 'all' || kindOf(deed) === kind) && tell(deed) !== null);
  const undo = (deed: Deed): (() => void) | null => {
    const person = undoable.get(deed.seq);
    const needed = opposite(deed);
    const { what } = deed;
    // What plays already is not taken out of the queue any more.
    if (what.kind === 'added' && what.count === 1 && state?.queue.some((item) => item.id === what.item) !== true) return null;
    if (person === undefined || (person !== you?.person && (needed === null || !may(needed)))) return null;
    return () => void asking.ask({ do: 'undo', seq: deed.seq });
  };
  return (
    <>
      <div class="act-head">
        <Segments label={t('activity.filter')} options={KINDS.map((value) => ({ value, word: t(`activity.kind.${value}`) }))} chosen={kind} choose={setKind} />
      </div>
      <Refusal asking={asking} />
      <div class="scroll">
        {shown.length === 0 && older.entries !== null && (
          <p class="empty-part"><Icon name="activity" />{t(all.length === 0 ? 'activity.empty' : 'activity.empty.kind')}</p>
        )}
        <ol class="act">
          {shown.map((deed) => <Row key={`${deed.at}.${deed.seq}`} deed={deed} now={now} undo={undo(deed)} />)}
        </ol>
        <Refusal asking={older.asking}><button class="btn btn--sm" type="button" onClick={older.again}>{t('again')}</button></Refusal>
        {!older.allowed && <p class="t12 t3 act-end">{t('activity.since', { why: why('audit') ?? '' })}</p>}
        {older.more !== null && (
          <div class="rows-more"><button class="btn btn--sm" type="button" aria-disabled={older.asking.busy} onClick={older.more}>{t('older')}</button></div>
        )}
        {older.allowed && older.entries !== null && older.more === null && all.length > 0 && <p class="t12 t3 act-end">{t('activity.end')}</p>}
      </div>
    </>
  );
}
