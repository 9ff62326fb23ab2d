/** The button that hands out the one link for everybody. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../../words';
import { useDismiss } from '../hooks';
import { Icon } from '../Icon';
import { later } from '../Later';

const InviteMenu = later(() => import('./InviteMenu').then((part) => part.InviteMenu));

export function Invite() {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useDismiss(open, place, () => setOpen(false));
  return (
    <div class="pop-place" ref={place}>
      <button class="btn invite-btn" type="button" aria-expanded={open} aria-label={t('invite')} title={t('invite')} onClick={() => setOpen(!open)}>
        <Icon name="invite" />
        <span class="invite-word">{t('invite')}</span>
      </button>
      {open && <InviteMenu />}
    </div>
  );
}
