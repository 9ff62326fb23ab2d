/** A pasted list or a file of links: how many are found, and what became of them. */
import { useRef, useState } from 'preact/hooks';
import { addText, type AddedMany } from '../../api/queue';
import { t } from '../../words';
import { useRoom } from '../hooks';
import { Dialog } from '../Dialog';
import { Refusal, useAsking } from '../Refusal';
import '../../words/later';

/** The largest file that is read, bytes. */
const LARGEST = 1_000_000;
/** No more reasons than these are listed. */
const REASONS = 20;

const linksIn = (text: string): number => text.match(/https?:\/\/[^\s"'<>,]+/gi)?.length ?? 0;

export function ImportList({ text: first, close }: { readonly text: string; readonly close: () => void }) {
  const room = useRoom();
  const asking = useAsking();
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(first);
  const [big, setBig] = useState(false);
  const [done, setDone] = useState<AddedMany | null>(null);
  const count = linksIn(text);
  const open = async (): Promise<void> => {
    const chosen = file.current?.files?.[0];
    if (chosen === undefined) return;
    setBig(chosen.size > LARGEST);
    if (chosen.size <= LARGEST) setText(await chosen.text());
  };
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (asking.busy || count === 0) return;
    const many = await asking.run(() => addText(room.id, text, 'end'));
    if (many === null) return;
    if (many.left_out.length === 0) close();
    else setDone(many);
  };
  return (
    <Dialog title={t('queue.import.title')} close={close} class="dialog--small">
      {done !== null ? (
        <div role="status">
          <p>{t('queue.import.done', { count: done.added })}</p>
          <p class="t2">{t('queue.import.left', { count: done.left_out.length })}</p>
          <ul class="reasons t13">
            {done.left_out.slice(0, REASONS).map((one) => <li key={one.index}>{t('queue.import.left.line', { n: one.index + 1, why: one.message })}</li>)}
          </ul>
          <div class="dialog-acts"><button class="btn btn--primary" type="button" onClick={close}>{t('close')}</button></div>
        </div>
      ) : (
        <form onSubmit={(event) => void go(event)}>
          <p class="t13 t2">{t('queue.import.text')}</p>
          <span class="field field--area">
            <textarea rows={8} value={text} aria-label={t('queue.import.field')} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
          </span>
          <p class={big ? 't13 bad' : 't13 t2'} role="status">{big ? t('queue.import.big') : count === 0 ? t('queue.import.none') : t('queue.import.found', { count })}</p>
          <Refusal asking={asking} />
          <div class="dialog-acts">
            <input ref={file} class="vh" type="file" tabIndex={-1} aria-hidden="true" accept=".m3u,.m3u8,.csv,.json,.txt,text/*,application/json" onChange={() => void open()} />
            <button class="btn" type="button" onClick={() => file.current?.click()}>{t('queue.import.file')}</button>
            <span class="grow" />
            <button class="btn btn--primary" type="submit" aria-disabled={asking.busy || count === 0}>{t('queue.import.go')}</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
