/** The button of the settings; what is behind it comes when first opened. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../words';
import { useDismiss } from './hooks';
import { Icon } from './Icon';
import { later } from './Later';

const SettingsMenu = later(() => import('./SettingsMenu').then((part) => part.SettingsMenu));

export function Settings({ showKeys }: { readonly showKeys: () => void }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useDismiss(open, place, () => setOpen(false));
  return (
    <div class="pop-place settings" ref={place}>
      <button class="icon-btn" type="button" aria-label={t('settings')} title={t('settings')} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="settings" />
      </button>
      {open && <SettingsMenu showKeys={showKeys} close={() => setOpen(false)} />}
    </div>
  );
}
