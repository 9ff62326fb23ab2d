/** The room's name, written anew where it stands. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../words';
import { useRoom } from '../hooks';
import '../../words/later';

export function Rename({ title, done }: { readonly title: string; readonly done: () => void }) {
  const room = useRoom();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const save = async (): Promise<void> => {
    const text = input.current?.value.trim() ?? '';
    if (text === '' || text === title || await room.ask({ do: 'change', title: text })) done();
  };
  return (
    <form
      class="rename field" onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') done();
      }}
    >
      <input ref={input} defaultValue={title} maxLength={255} aria-label={t('rename.label')} dir="auto" />
      <button class="btn btn--sm btn--primary" type="submit">{t('chat.save')}</button>
      <button class="btn btn--sm" type="button" onClick={done}>{t('chat.cancel')}</button>
    </form>
  );
}
