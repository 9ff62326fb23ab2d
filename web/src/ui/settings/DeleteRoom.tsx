/** Deletes the room, after its name was typed: it cannot be taken back. */
import { useId, useState } from 'preact/hooks';
import { deleteRoom } from '../../api/deletion';
import { Refused } from '../../session';
import { t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Row, useSetting } from './rows';
import '../../words/later';

export function DeleteRoom({ close }: { readonly close: () => void }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const setting = useSetting('own');
  const id = useId();
  const [typed, setTyped] = useState('');
  const title = state?.title ?? '';
  const same = typed.trim() === title.trim();
  const remove = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (typed === '' || setting.why !== undefined) return;
    const gone = await setting.save(async () => {
      if (!same) throw new Refused('other_name', t('set.delete.mistyped', { title }));
      await deleteRoom(room.id);
    });
    if (gone) close();
  };
  return (
    <Row name={t('set.delete')} hint={t('set.delete.hint', { title })} setting={setting} control={id} wide>
      <form class="hstack set-form" onSubmit={(event) => void remove(event)}>
        <span class="field grow">
          <input id={id} value={typed} placeholder={title} autoComplete="off" readOnly={setting.why !== undefined} aria-disabled={setting.why !== undefined} onInput={(event) => setTyped(event.currentTarget.value)} />
        </span>
        <button class="btn btn--sm btn--grave" type="submit" aria-disabled={!same || setting.why !== undefined}>{t('set.delete.go')}</button>
      </form>
    </Row>
  );
}
