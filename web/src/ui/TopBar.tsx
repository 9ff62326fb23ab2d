/** The room's name, how well it goes, who watches, and the one thing to hand out: the invite. */
import { t } from '../words';
import { useRoomState } from './hooks';
import { Icon, Logo } from './Icon';
import { Invite } from './Invite';
import { Avatar } from './parts';
import { Settings } from './Settings';
import { SyncPill } from './SyncPill';

const SHOWN = 5;

export function TopBar({ showPeople, showKeys }: { readonly showPeople: () => void; readonly showKeys: () => void }) {
  const { room } = useRoomState();
  if (room === null) return null;
  const watching = new Map(room.here.filter((one) => one.watches).map((one) => [one.person, one]));
  const count = watching.size;
  return (
    <header class="topbar">
      <a class="home" href="/" aria-label={t('home')}><Logo /></a>
      <h1 class="clip" dir="auto">{room.title}</h1>
      <span class="hstack t13 t3 visibility">
        <Icon name={room.visibility === 'invite' || room.visibility === 'private' ? 'lock' : 'globe'} size={16} />
        {t(`visibility.${room.visibility}`)}
      </span>
      <span class="grow" />
      <SyncPill />
      <button class="watchers" type="button" onClick={showPeople}>
        <span class="avs" aria-hidden="true">
          {[...watching.values()].slice(0, SHOWN).map((one) => <Avatar key={one.person} person={one.person} name={one.name} />)}
        </span>
        <span class="t13 t2">{t('watching', { count })}</span>
      </button>
      <Invite />
      <Settings showKeys={showKeys} />
    </header>
  );
}
