/** What concerns the whole room, behind its name: another name, who is here, this device without the film, the keys. */
import { useEffect, useRef } from 'preact/hooks';
import { mayAs } from '../../rights';
import { t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon, type IconName } from '../Icon';
import { menuKeys } from '../menuKeys';
import '../../words/later';

interface Props {
  readonly close: () => void;
  readonly rename: () => void;
  readonly showPeople: () => void;
  readonly showKeys: () => void;
}

export function RoomMenu({ close, rename, showPeople, showKeys }: Props) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus(), []);
  if (state === null || you === null) return null;
  const mayRename = mayAs(state.grants, you.role, 'title');
  const item = (icon: IconName, word: string, small: string | null, press: () => void) => (
    <button
      class="menu-row" type="button" role="menuitem" tabIndex={-1}
      onClick={() => {
        close();
        press();
      }}
    >
      <Icon name={icon} />
      <span class="grow">{word}{small !== null && <small class="t12 t3 block">{small}</small>}</span>
    </button>
  );
  const elsewhere = room.watches ? `${location.pathname}?chat` : location.pathname;
  return (
    <div class="menu pop room-menu" role="menu" aria-label={t('menu.room', { title: state.title })} ref={menu} onKeyDown={menuKeys}>
      {mayRename && item('pen', t('menu.rename'), null, rename)}
      {item('people', t('menu.people'), t('watching', { count: new Set(state.here.filter((one) => one.watches).map((one) => one.person)).size + state.others }), showPeople)}
      {item(
        room.watches ? 'phone' : 'film', t(room.watches ? 'companion.go' : 'companion.leave'), room.watches ? t('companion.go.text') : null,
        () => location.assign(elsewhere),
      )}
      {item('more', t('menu.keys'), null, showKeys)}
    </div>
  );
}
