/** Who is here, through which door, and how far from the room each of them is. */
import type { Here, Role } from '../protocol';
import { offText, t } from '../words';
import { useRoom, useRoomState, useTick } from './hooks';
import { Icon, type IconName } from './Icon';
import { Avatar, Origin, RoleChip, YouChip } from './parts';
import '../words/later';

const RANKS: readonly Role[] = ['guest', 'trusted', 'moderator', 'cohost', 'host'];

interface Badge {
  readonly tone: string;
  readonly icon: IconName;
  readonly text: string;
}

function badge(one: Here, drift: number | null, nothing: boolean): Badge {
  if (!one.watches) return { tone: 'chat', icon: 'chat', text: t('person.chat_only') };
  if (nothing || one.phase === 'idle') return { tone: 'calm', icon: 'film', text: t('person.idle') };
  if (one.phase === 'buffering') return { tone: 'load', icon: 'hourglass', text: t('person.loading') };
  if (one.phase === 'blocked') return { tone: 'away', icon: 'pause', text: t('person.blocked') };
  if (one.phase === 'failed') return { tone: 'bad', icon: 'alert', text: t('person.failed') };
  if (drift === null || Math.abs(drift) <= 100) return { tone: 'ok', icon: 'insync', text: drift === null ? t('person.ready') : offText(drift) };
  if (Math.abs(drift) <= 1000) return { tone: 'warn', icon: 'adjust', text: t('person.catching', { off: offText(drift) }) };
  return { tone: 'bad', icon: 'alert', text: t('person.off', { off: offText(drift) }) };
}

function Rank({ one, ranks }: { readonly one: Here; readonly ranks: readonly Role[] }) {
  const room = useRoom();
  return (
    <select
      class="rank" aria-label={t('person.role', { name: one.name })} value={one.role === 'registered' ? 'guest' : one.role}
      onChange={(event) => void room.ask({ do: 'set_role', person: one.person, role: event.currentTarget.value as Role })}
    >
      {ranks.map((role) => <option key={role} value={role}>{t(`role.${role}`)}</option>)}
    </select>
  );
}

function Row({ one }: { readonly one: Here }) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const mine = one.connection === you?.connection;
  const drift = mine ? room.projector.status.drift : one.drift_ms;
  const { tone, icon, text } = badge(one, drift, state?.current === null);
  const rank = RANKS.indexOf(you?.role ?? 'guest');
  const mayRank = one.person !== you?.person && rank >= 2 && RANKS.indexOf(one.role) < rank;
  return (
    <li>
      <Avatar person={one.person} name={one.name} size={32} />
      <span class="grow">
        <span class="nm">
          <span dir="auto" class="clip">{one.name}</span>
          {!mayRank && <RoleChip role={one.role} />}
          {one.person === you?.person && <YouChip />}
          <Origin door={one.door} />
        </span>
        <span class="t13 t3">
          {t(`door.${one.door}.where`)}
          {one.lagging ? <span class="lagging"> · {t('person.lagging')}</span> : one.hidden && ` · ${t('person.hidden')}`}
        </span>
      </span>
      {mayRank && <Rank one={one} ranks={RANKS.slice(0, rank)} />}
      <span class={`sync sync--${tone}`}><Icon name={icon} />{text}</span>
    </li>
  );
}

export function People() {
  const { room } = useRoomState();
  useTick(1000);
  const here = room?.here ?? [];
  const groups = [
    { key: 'people.watching' as const, list: here.filter((one) => one.watches) },
    { key: 'people.chats' as const, list: here.filter((one) => !one.watches) },
  ];
  return (
    <div class="scroll">
      {groups.map(({ key, list }) => list.length > 0 && (
        <section key={key}>
          <h2 class="sec"><span>{t(key)}</span><span class="num">{list.length}</span></h2>
          <ul class="people">{list.map((one) => <Row key={one.connection} one={one} />)}</ul>
        </section>
      ))}
    </div>
  );
}
