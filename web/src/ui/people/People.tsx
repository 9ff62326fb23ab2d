/** Who is here, through which door, and how far from the room each of them is; who has a role, and who is kept out. */
import { useState } from 'preact/hooks';
import type { Here, Role } from '../../protocol';
import { t } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { Icon } from '../Icon';
import { later } from '../Later';
import { Menu, type Choice } from '../Menu';
import { Avatar, Origin, RoleChip, YouChip } from '../parts';
import { Refusal, useAsking, type Asking } from '../Refusal';
import { useRights } from '../rights';
import { badgeOf } from './badge';
import { PersonMenu } from './PersonMenu';
import '../../styles/parts.css';
import '../../styles/queue.css';
import '../../styles/people.css';
import '../../words/later';

const Bans = later(() => import('./Bans').then((part) => part.Bans));
const NameDialog = later(() => import('./NameDialog').then((part) => part.NameDialog));

const MutedChip = () => <span class="chip"><Icon name="muted" size={14} />{t('person.muted')}</span>;

function OwnMenu({ role, asking }: { readonly role: Role; readonly asking: Asking }) {
  const { you, room: state } = useRoomState();
  const [names, setNames] = useState(false);
  const lasting = state?.members.find((one) => one.person === you?.person)?.role;
  const choices: readonly Choice[] = [
    { icon: 'pen', word: t('name.change'), run: () => setNames(true) },
    ...(you !== null && lasting !== undefined && lasting !== 'host' ? [{
      icon: 'shield' as const, word: t('person.step_down'), hint: t(`role.${role}`), grave: true,
      run: () => void asking.ask({ do: 'set_role', person: you.person, role: 'guest' }),
    }] : []),
  ];
  return (
    <>
      <Menu label={t('person.menu.you')} choices={choices} />
      {names && <NameDialog close={() => setNames(false)} />}
    </>
  );
}

function Row({ one, asking }: { readonly one: Here; readonly asking: Asking }) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const mine = one.connection === you?.connection;
  const own = one.person === you?.person;
  const drift = mine ? room.projector.status.drift : one.drift_ms;
  const { tone, icon, text } = badgeOf(one, drift, state?.current === null);
  return (
    <li>
      <Avatar person={one.person} name={one.name} size={32} />
      <span class="grow">
        <span class="nm">
          <span dir="auto" class="clip">{one.name}</span>
          <RoleChip role={one.role} />
          {own && <YouChip />}
          <Origin door={one.door} />
        </span>
        <span class="t13 t3 hstack tight">
          {t(one.watches ? `door.${one.door}.where` : 'person.no_video')}
          {one.lagging && <span class="lagging dot">{t('person.lagging')}</span>}
          {state?.mutes.some((mute) => mute.person === one.person) === true && <MutedChip />}
        </span>
      </span>
      <span class={`sync sync--${tone}`}><Icon name={icon} />{text}</span>
      {own ? <OwnMenu role={one.role} asking={asking} /> : <PersonMenu person={one.person} name={one.name} role={one.role} here asking={asking} />}
    </li>
  );
}

/** A room whose host is nobody belongs to the first with an account who wants it. */
function Claim({ asking }: { readonly asking: Asking }) {
  const { room: state } = useRoomState();
  if (state === null || state.members.some((one) => one.role === 'host')) return null;
  return (
    <div class="claim">
      <Icon name="shield" />
      <span class="grow"><b class="block">{t('claim.title')}</b><span class="t13 t2">{t('claim.text')}</span></span>
      <button class="btn btn--sm" type="button" onClick={() => void asking.ask({ do: 'claim' })}>{t('claim.go')}</button>
    </div>
  );
}

export function People() {
  const { room } = useRoomState();
  const { may } = useRights();
  const asking = useAsking();
  useTick(1000);
  const here = room?.here ?? [];
  const others = room?.others ?? 0;
  const groups = [
    { key: 'people.watching' as const, list: here.filter((one) => one.watches) },
    { key: 'people.chats' as const, list: here.filter((one) => !one.watches) },
  ];
  const present = new Set(here.map((one) => one.person));
  const mutes = (room?.mutes ?? []).filter((one) => !present.has(one.person));
  const away = new Map((room?.members ?? []).filter((one) => !present.has(one.person)).map((one) => [one.person, one]));
  for (const one of mutes) if (!away.has(one.person)) away.set(one.person, { person: one.person, name: one.name, role: 'guest' });
  return (
    <>
      <Refusal asking={asking} />
      <div class="scroll">
        <Claim asking={asking} />
        {groups.map(({ key, list }) => list.length > 0 && (
          <section key={key}>
            <div class="sec"><h2>{t(key)}</h2><span class="num">{list.length}</span></div>
            <ul class="people">{list.map((one) => <Row key={one.connection} one={one} asking={asking} />)}</ul>
          </section>
        ))}
        {others > 0 && <p class="people-others t13 t2">{t('people.others', { count: others })}</p>}
        {away.size > 0 && (
          <section>
            <div class="sec"><h2>{t('people.away')}</h2><span class="num">{away.size}</span></div>
            <ul class="people">
              {[...away.values()].map((one) => (
                <li key={one.person}>
                  <Avatar person={one.person} name={one.name} size={32} />
                  <span class="grow nm">
                    <span dir="auto" class="clip">{one.name}</span>
                    <RoleChip role={one.role} />
                    {mutes.some((mute) => mute.person === one.person) && <MutedChip />}
                  </span>
                  <PersonMenu person={one.person} name={one.name} role={one.role} here={false} asking={asking} />
                </li>
              ))}
            </ul>
          </section>
        )}
        {may('ban') && <Bans />}
        {here.length <= 1 && <p class="empty-part"><Icon name="invite" />{t('people.alone')}</p>}
      </div>
    </>
  );
}
