/** What asks for an answer, under the film: an announcement, votes, a queue that was kept, one's own last deed to be taken back. */
import '../../styles/votes.css';
import { label, type Item, type Proposal } from '../../protocol';
import { t } from '../../words';
import { proposal as words, tell } from '../deeds';
import { useRoom, useRoomState, useTick, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { Announced } from './Announced';
import { Tally } from './Tally';
import '../../words/later';

/** One's own deed is offered to be taken back for so long, ms. */
const OFFER = 12_000;

function Vote({ proposal, queue }: { readonly proposal: Proposal; readonly queue: readonly Item[] }) {
  const room = useRoom();
  const { you } = useRoomState();
  useTick(1000);
  const { what, by } = proposal;
  const film = 'item' in what ? queue.find((item) => item.id === what.item) : undefined;
  const left = Math.max(0, Math.ceil((proposal.until - Date.now()) / 1000));
  const side = (yes: boolean) => {
    const mine = you !== null && (yes ? proposal.yes : proposal.no).includes(you.person);
    return (
      <button
        class="btn btn--sm" type="button" aria-pressed={mine}
        onClick={() => void room.ask({ do: 'ballot', proposal: proposal.id, yes })}
      >
        <Icon name={yes ? 'check' : 'x'} size={16} />{t(yes ? 'vote.yes' : 'vote.no')}
      </button>
    );
  };
  return (
    <div class="ask" role="group" aria-label={words(what, film && label(film))}>
      <Icon name="vote" />
      <span class="grow ask-text">
        <b class="clip block" dir="auto">{words(what, film && label(film))}</b>
        <span class="t13 t2 num">{by.person === you?.person ? t('vote.by_you') : t('vote.by', { name: by.name })} · {t('vote.left', { n: left })}</span>
      </span>
      <Tally proposal={proposal} />
      <span class="hstack tight">{side(true)}{side(false)}</span>
    </div>
  );
}

function Kept({ count }: { readonly count: number }) {
  const room = useRoom();
  return (
    <div class="ask">
      <Icon name="queue" />
      <span class="grow ask-text">{t('shelf', { count })}</span>
      <span class="hstack tight">
        <button class="btn btn--sm btn--primary" type="button" onClick={() => void room.ask({ do: 'restore', discard: false })}>{t('shelf.bring')}</button>
        <button class="btn btn--sm" type="button" onClick={() => void room.ask({ do: 'restore', discard: true })}>{t('shelf.discard')}</button>
      </span>
    </div>
  );
}

/** Deeds on the queue are offered to be taken back where they were done. */
function Undo() {
  const room = useRoom();
  const { room: state, deeds, you } = useRoomState();
  const last = state?.undo.filter((one) => one.person === you?.person).at(-1);
  const deed = deeds.find((one) => one.seq === last?.seq);
  const age = deed === undefined ? Infinity : Date.now() - deed.at;
  useTick(1000, age < OFFER);
  const told = deed?.what.kind === 'playback' ? tell(deed) : null;
  if (last === undefined || told === null || age >= OFFER) return null;
  return (
    <div class="ask ask--undo" key={last.seq}>
      <span class="grow clip" dir="auto">{t('undo.you', { what: told.text })}</span>
      <button class="btn btn--link" type="button" onClick={() => void room.ask({ do: 'undo', seq: last.seq })}>{t('undo')}</button>
    </div>
  );
}

export function Bars() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const announced = useWatch(room, () => room.passing.announced);
  if (state === null) return null;
  // The place stays, so that its news are read aloud.
  return (
    <div class="bars" role="status">
      {announced.map((said) => <Announced key={said.id} said={said} />)}
      {state.proposals.map((one) => <Vote key={one.id} proposal={one} queue={state.queue} />)}
      {state.shelf.length > 0 && <Kept count={state.shelf.length} />}
      <Undo />
    </div>
  );
}
