/** One's own name, changed for every room. */
import { useState } from 'preact/hooks';
import { rename } from '../../api/people';
import { t } from '../../words';
import { Dialog } from '../Dialog';
import { useRoom, useRoomState } from '../hooks';
import { Refusal, useAsking } from '../Refusal';
import '../../words/later';

export function NameDialog({ close }: { readonly close: () => void }) {
  const room = useRoom();
  const { you } = useRoomState();
  const asking = useAsking();
  const [name, setName] = useState(you?.name ?? '');
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '' || asking.busy) return;
    const done = await asking.run(async () => {
      await rename(wanted);
      return true;
    });
    if (done === null) return;
    // The room knows a connection by the name it came with.
    room.session.restart();
    close();
  };
  return (
    <Dialog title={t('name.title')} close={close} class="dialog--small">
      <form onSubmit={(event) => void save(event)}>
        <span class="field"><input value={name} maxLength={48} aria-label={t('join.name')} autoComplete="nickname" onInput={(event) => setName(event.currentTarget.value)} /></span>
        <Refusal asking={asking} />
        <div class="dialog-acts">
          <button class="btn" type="button" onClick={close}>{t('cancel')}</button>
          <button class="btn btn--primary" type="submit" aria-disabled={asking.busy || name.trim() === ''}>{t('save')}</button>
        </div>
      </form>
    </Dialog>
  );
}
