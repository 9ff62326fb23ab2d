/** The invite card. Looking at it consumes nothing; its button lets one in, and is the gesture that allows sound. */
import { useEffect, useState } from 'preact/hooks';
import { joinByInvite, readInvite, type InviteCard } from '../api';
import { sentence } from '../room';
import { Refused } from '../session';
import { clockText, names, t } from '../words';
import { Card } from './Card';
import { Gone } from './Gone';
import { later } from './Later';
import { NameForm } from './NameForm';
import { Avatar, Spinner, vars } from './parts';

const NAMED = 4;
const RoomPassword = later(() => import('./RoomPassword').then((part) => part.RoomPassword));

export function JoinPage({ token, enter }: { readonly token: string; readonly enter: (room: string) => void }) {
  const [card, setCard] = useState<InviteCard | null>(null);
  const [no, setNo] = useState<string | null>(null);
  const [asks, setAsks] = useState<string | null>(null);
  useEffect(() => {
    readInvite(token).then(setCard, (error: unknown) => setNo(sentence(error)));
  }, [token]);
  if (no !== null) return <Gone title={t('gone.invite')} text={no} />;
  if (card === null) return <div class="joinpage"><Spinner /></div>;
  const { film, position_ms: at, duration_ms: length } = card;
  const go = async (name: string): Promise<string | null> => {
    try {
      enter(await joinByInvite(token, name));
      return null;
    } catch (error) {
      if (error instanceof Refused && error.code === 'room_password_needed') setAsks(name);
      return sentence(error);
    }
  };
  const land = film === null ? t('join.note.nothing') : card.playing && at !== null ? t('join.note.at', { at: clockText(at) }) : t('join.note');
  return (
    <Card heads={card.watching} picture={card.thumbnail} above={card.host === null ? t('join.above') : t('join.above.by', { name: card.host })} title={card.title}>
      {film !== null && (
        <div class="j-now">
          <span class="grow clip"><b dir="auto">{film}</b><span class="dot" /><span class="t2">{t(card.playing ? 'join.playing' : 'join.paused')}</span></span>
          {at !== null && <span class="num t2">{length === null ? clockText(at) : `${clockText(at)} / ${clockText(length)}`}</span>}
          {at !== null && length !== null && <span class="j-bar"><i style={vars({ '--p': `${Math.min(100, (at / length) * 100)}%` })} /></span>}
        </div>
      )}
      <div class="j-who">
        {card.names.length > 0 && (
          <span class="avs" aria-hidden="true">
            {card.names.slice(0, NAMED).map((name) => <Avatar key={name} person={name} name={name} />)}
          </span>
        )}
        <span class="t2">{here(card)}</span>
      </div>
      {asks === null ? <NameForm go={go} note={land} /> : <RoomPassword room={token} name={asks} enter={enter} />}
    </Card>
  );
}

function here({ names: who, watching }: InviteCard): string {
  if (watching === 0) return t('join.nobody');
  if (who.length === 0) return t('join.here', { count: watching });
  const shown = who.slice(0, NAMED);
  const more = Math.max(0, watching - shown.length);
  return t('join.names', { count: watching, names: names(more === 0 ? shown : [...shown, t('join.more', { count: more })]) });
}
