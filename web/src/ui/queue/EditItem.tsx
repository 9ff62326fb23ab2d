/** Where a queued film begins and ends, and its subtitles. Nothing is lost on a no: the fields keep what was typed. */
import { useState } from 'preact/hooks';
import { label, type Command, type Item } from '../../protocol';
import { clockText, t } from '../../words';
import { Dialog } from '../Dialog';
import { Refusal, useAsking } from '../Refusal';
import { readTime } from './times';
import '../../words/later';

interface FieldProps {
  readonly name: string;
  readonly hint: string;
  readonly value: string;
  readonly put: (value: string) => void;
  readonly wrong: string | null;
}

function Field({ name, hint, value, put, wrong }: FieldProps) {
  const id = `edit-${name}`;
  return (
    <div class="form-row">
      <label class="label" for={id}>{name}</label>
      <span class="field"><input id={id} value={value} aria-invalid={wrong !== null} aria-describedby={`${id}-hint`} autoComplete="off" onInput={(event) => put(event.currentTarget.value)} /></span>
      <p id={`${id}-hint`} class={wrong === null ? 't12 t3' : 't12 bad'}>{wrong ?? hint}</p>
    </div>
  );
}

const textOf = (ms: number | null): string => (ms === null ? '' : clockText(ms));

export function EditItem({ item, close }: { readonly item: Item; readonly close: () => void }) {
  const asking = useAsking();
  const [start, setStart] = useState(textOf(item.start_ms));
  const [end, setEnd] = useState(textOf(item.end_ms));
  const [subtitles, setSubtitles] = useState(item.subtitles ?? '');
  const [checked, setChecked] = useState(false);
  const [from, to] = [readTime(start), readTime(end)];
  const wrong = (text: string, ms: number | null | undefined): string | null => (checked && ms === null ? t('queue.edit.bad', { text }) : null);
  const order = checked && from != null && to != null && to <= from ? t('queue.edit.order') : null;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setChecked(true);
    if (from === null || to === null || (from !== undefined && to !== undefined && to <= from)) return;
    const edit: Command = {
      do: 'edit', item: item.id, start_ms: from ?? null, end_ms: to ?? null, subtitles: subtitles.trim() === '' ? null : subtitles.trim(),
    };
    if (await asking.ask(edit)) close();
  };
  return (
    <Dialog title={t('queue.edit.title', { title: label(item) })} close={close} class="dialog--small">
      <form onSubmit={(event) => void save(event)}>
        <div class="form-pair">
          <Field name={t('queue.edit.start')} hint={t('queue.edit.time')} value={start} put={setStart} wrong={wrong(start, from)} />
          <Field name={t('queue.edit.end')} hint={t('queue.edit.time')} value={end} put={setEnd} wrong={wrong(end, to) ?? order} />
        </div>
        <Field name={t('queue.edit.subtitles')} hint={t('queue.edit.subtitles.hint')} value={subtitles} put={setSubtitles} wrong={null} />
        <Refusal asking={asking} />
        <div class="dialog-acts">
          <button class="btn" type="button" onClick={close}>{t('cancel')}</button>
          <button class="btn btn--primary" type="submit" aria-disabled={asking.busy}>{t('save')}</button>
        </div>
      </form>
    </Dialog>
  );
}
