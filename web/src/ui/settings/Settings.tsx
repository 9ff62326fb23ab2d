/** The button of the settings; what is behind it comes when first opened. */
import { useState } from 'preact/hooks';
import { t } from '../../words';
import { Icon } from '../Icon';
import { later } from '../Later';

const SettingsDialog = later(() => import('./SettingsDialog').then((part) => part.SettingsDialog));

export function Settings({ showKeys }: { readonly showKeys: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="icon-btn" type="button" aria-label={t('settings')} title={t('settings')} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="settings" />
      </button>
      {open && <SettingsDialog showKeys={showKeys} close={() => setOpen(false)} />}
    </>
  );
}
