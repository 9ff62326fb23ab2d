/** The room's name, how well it goes, who watches, and the one thing to hand out: the invite. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../../words';
import { useDismiss, useRoomState } from '../hooks';
import { Icon, Logo } from '../Icon';
import { later } from '../Later';
import { Invite } from './Invite';
import { Avatar } from '../parts';
import { Settings } from '../settings/Settings';
import { SyncPill } from '../health/SyncPill';

const RoomMenu = later(() => import('./RoomMenu').then((part) => part.RoomMenu));
const Rename = later(() => import('./Rename').then((part) => part.Rename));

const SHOWN = 5;

interface NameProps {
  readonly title: string;
  readonly showPeople: () => void;
  readonly showKeys: () => void;
}

/** The name is the door to what concerns the whole room; who may, writes it anew where it stands. */
function Name({ title, showPeople, showKeys }: NameProps) {
  const [open, setOpen] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setOpen(false);
    place.current?.querySelector('button')?.focus();
  };
  useDismiss(open, place, close);
  if (renaming) return <Rename title={title} done={() => setRenaming(false)} />;
  return (
    <div class="pop-place room-place" ref={place}>
      <h1 class="clip">
        <button class="room-name" type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span class="clip" dir="auto">{title}</span><Icon name="down" size={16} />
        </button>
      </h1>
      {open && <RoomMenu close={close} rename={() => setRenaming(true)} showPeople={showPeople} showKeys={showKeys} />}
    </div>
  );
}

export function TopBar({ showPeople, showKeys }: { readonly showPeople: () => void; readonly showKeys: () => void }) {
  const { room } = useRoomState();
  if (room === null) return null;
  const watching = new Map(room.here.filter((one) => one.watches).map((one) => [one.person, one]));
  const count = watching.size + room.others;
  return (
    <header class="topbar">
      <a class="home" href="/" aria-label={t('home')}><Logo /></a>
      <Name title={room.title} showPeople={showPeople} showKeys={showKeys} />
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
