/** The invite card. Looking at it consumes nothing; its button lets one in, and is the gesture that allows sound. */
import '../../styles/join.css';
import { useEffect, useState } from 'preact/hooks';
import { joinByInvite, readInvite, type InviteCard } from '../../api/invites';
import { sentence } from '../../room';
import { Refused } from '../../session';
import { clockText, names, t } from '../../words';
import { Card } from '../Card';
import { Gone } from '../Gone';
import { useTick } from '../hooks';
import { Icon } from '../Icon';
import { NameForm } from './NameForm';
import { useStill } from '../still';
import { Avatar, Spinner, vars } from '../parts';
import { untilText, whenText } from '../when';
import '../../words/later';

const NAMED = 4;
/** How often the card is looked at again while somebody reads it, ms. */
const AGAIN = 15_000;

interface Props {
  readonly token: string;
  /** The room's address, once one is in; without the film where one only wants to talk. */
  readonly enter: (room: string, chatOnly: boolean) => void;
}

/** A card, and when it was told (local, ms): positions go on from there. */
interface Seen {
  readonly card: InviteCard;
  readonly at: number;
}

export function JoinPage({ token, enter }: Props) {
  const [seen, setSeen] = useState<Seen | null>(null);
  const [no, setNo] = useState<Refused | null>(null);
  const look = (): void => {
    readInvite(token).then(
      (card) => {
        setSeen({ card, at: performance.now() });
        setNo(null);
        document.title = t('join.page', { title: card.title });
      },
      (error: unknown) => setNo(error instanceof Refused ? error : new Refused('internal', '')),
    );
  };
  useEffect(() => {
    look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look();
    }, AGAIN);
    return () => clearInterval(timer);
  }, [token]);
  useTick(1000, seen !== null);
  // A card that was read once is not taken away because the line broke since.
  if (no !== null && (seen === null || (no.code !== 'offline' && no.code !== 'internal'))) return <Shut no={no} again={look} />;
  if (seen === null) return <div class="joinpage"><Spinner /><p class="vh" role="status">{t('join.reading')}</p></div>;
  return <Open seen={seen} token={token} enter={enter} refuse={setNo} again={look} />;
}

/** Why this card lets nobody in, and what to do instead. */
function Shut({ no, again }: { readonly no: Refused; readonly again: () => void }) {
  const retry = (
    <button class="btn btn--primary btn--lg j-go" type="button" onClick={again}>{t('overlay.retry')}</button>
  );
  switch (no.code) {
    case 'no_such_invite': return <Gone title={t('gone.invite')} text={t('gone.invite.text')} />;
    case 'banned': {
      const until = Number(no.details['until'] ?? 0);
      return <Gone title={t('gone.banned')} text={until > 0 ? t('gone.banned.until', { when: whenText(until) }) : t('gone.banned.text')} />;
    }
    case 'offline': return <Gone title={t('gone.offline')} text={t('gone.offline.text')}>{retry}</Gone>;
    default: return <Gone title={t('gone.not_now')} text={sentence(no)}>{retry}</Gone>;
  }
}

interface OpenProps extends Props {
  readonly seen: Seen;
  readonly refuse: (no: Refused) => void;
  readonly again: () => void;
}

function Open({ seen: { card, at: toldAt }, token, enter, refuse, again }: OpenProps) {
  const { now } = card;
  const picture = useStill(now.still);
  const since = now.playing ? performance.now() - toldAt : 0;
  const at = now.position_ms === null ? null : Math.min(now.position_ms + since, now.duration_ms ?? Infinity);
  const length = now.duration_ms;
  const disabled = card.status === 'disabled';
  const [chatOnly, setChatOnly] = useState(false);
  const go = async (name: string, password: string | null): Promise<string | null> => {
    try {
      enter(await joinByInvite(token, name, password), chatOnly);
      return null;
    } catch (error) {
      if (error instanceof Refused && (error.code === 'banned' || error.code === 'no_such_invite')) refuse(error);
      // Set since the card was read: the card that comes asks for it.
      else if (error instanceof Refused && error.code === 'room_password_needed') again();
      return sentence(error);
    }
  };
  return (
    <Card heads={now.watching} picture={picture} above={card.host === null ? t('join.above') : t('join.above.by', { name: card.host })} title={card.title}>
      {now.film !== null && (
        <div class="j-now">
          <span class="grow clip"><b dir="auto">{now.film}</b><span class="dot" /><span class="t2">{t(now.playing ? 'join.playing' : 'join.paused')}</span></span>
          {at !== null && <span class="num t2">{length === null ? clockText(at) : t('open.place', { at: clockText(at), of: clockText(length) })}</span>}
          {at !== null && length !== null && <span class="j-bar"><i style={vars({ '--p': `${Math.min(100, (at / length) * 100)}%` })} /></span>}
        </div>
      )}
      <Standing card={card} />
      {!card.asksPassword && !disabled && (
        <div class="j-who">
          {now.names.length > 0 && (
            <span class="avs" aria-hidden="true">
              {now.names.slice(0, NAMED).map((name) => <Avatar key={name} person={name} name={name} />)}
            </span>
          )}
          <span class="t2">{here(card)}</span>
        </div>
      )}
      {disabled ? (
        <button class="btn btn--lg j-go" type="button" onClick={again}>{t('join.look_again')}</button>
      ) : (
        <>
          <NameForm
            go={go} asksPassword={card.asksPassword} word={t(goWord(card, chatOnly))} icon={chatOnly ? 'chat' : 'play'}
            {...(chatOnly ? {} : { note: landing(card, at) })}
          />
          <div class="j-alt">
            <button class="btn btn--quiet" type="button" aria-pressed={chatOnly} onClick={() => setChatOnly(!chatOnly)}>
              <Icon name={chatOnly ? 'check' : 'chat'} />{t('join.chat_only')}
            </button>
          </div>
        </>
      )}
    </Card>
  );
}

function goWord(card: InviteCard, chatOnly: boolean): 'join.go' | 'join.go.wait' | 'join.go.chat' {
  if (chatOnly) return 'join.go.chat';
  return card.status === 'live' ? 'join.go' : 'join.go.wait';
}

/** What stands in the way, or will: not open yet, over, closed, full. A picture, a word and what to do. */
function Standing({ card }: { readonly card: InviteCard }) {
  if (card.status === 'soon') {
    return (
      <div class="j-state">
        <Icon name="clock" />
        <p>
          <b>{card.start === null ? t('join.soon') : t('join.soon.at', { when: whenText(card.start) })}</b>
          {card.start !== null && <span class="t2 num" role="timer">{untilText(card.start - Date.now())}</span>}
        </p>
      </div>
    );
  }
  const why = card.status === 'ended' || card.status === 'record' ? 'ended' : card.status === 'disabled' ? 'closed' : card.full ? 'full' : null;
  if (why === null) return null;
  return (
    <div class="j-state">
      <Icon name={why === 'full' ? 'people' : 'lock'} />
      <p><b>{t(`join.${why}`)}</b><span class="t2">{t(`join.${why}.text`)}</span></p>
    </div>
  );
}

function landing({ now, status, asksPassword }: InviteCard, at: number | null): string {
  if (asksPassword) return t('join.note.password');
  if (now.film === null) return t('join.note.nothing');
  if (status === 'soon') return t('join.note.soon');
  return now.playing && at !== null ? t('join.note.at', { at: clockText(at) }) : t('join.note');
}

function here({ now: { names: who, watching } }: InviteCard): string {
  if (watching === 0) return t('join.nobody');
  if (who.length === 0) return t('join.here', { count: watching });
  const shown = who.slice(0, NAMED);
  const more = Math.max(0, watching - shown.length);
  return t('join.names', { count: watching, names: names(more === 0 ? shown : [...shown, t('join.more', { count: more })]) });
}
