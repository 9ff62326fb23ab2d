/** Yours (kept on this browser), the room's (asked of the server, which knows who may), and who one is. */
import { useState } from 'preact/hooks';
import { t } from '../../words';
import { Dialog } from '../Dialog';
import { later } from '../Later';
import { Segments } from '../Segments';
import { Yours } from './Yours';
import '../../styles/settings.css';
import '../../words/later';

const RoomSettings = later(() => import('./RoomSettings').then((part) => part.RoomSettings));
const Account = later(() => import('./Account').then((part) => part.Account));

const PAGES = ['yours', 'room', 'account'] as const;
type Page = (typeof PAGES)[number];

export function SettingsDialog({ showKeys, close }: { readonly showKeys: () => void; readonly close: () => void }) {
  const [page, setPage] = useState<Page>('yours');
  return (
    <Dialog title={t('settings')} close={close} class="settings-dialog">
      <Segments label={t('settings.pages')} options={PAGES.map((value) => ({ value, word: t(`settings.${value}`) }))} chosen={page} choose={setPage} />
      <div class="set-page" key={page}>
        {page === 'yours' && <Yours showKeys={showKeys} close={close} />}
        {page === 'room' && <RoomSettings close={close} />}
        {page === 'account' && <Account />}
      </div>
    </Dialog>
  );
}
