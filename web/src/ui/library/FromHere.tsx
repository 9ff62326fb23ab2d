/** The button to the films of this server; there is none where it keeps none. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../words';
import { useWatch } from '../hooks';
import { Icon } from '../Icon';
import { Library } from './Library';
import { allowance, type Allowance } from './calls';
import { percent, uploader } from './uploads';
import '../../words/later';
import './library.css';

/** Asked once: whether there are any does not change while a page is open. */
let asked: Promise<Allowance | null> | null = null;

export function FromHere() {
  const [here, setHere] = useState<Allowance | null>(null);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const tasks = useWatch(uploader, () => uploader.tasks);
  useEffect(() => {
    asked ??= allowance().catch(() => {
      asked = null;
      return null;
    });
    void asked.then(setHere);
  }, []);
  if (here === null) return null;
  const done = percent(tasks);
  return (
    <>
      <button ref={button} class="btn btn--sm lib-open" type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name={done === null ? 'film' : 'upload'} />
        {done === null ? t('library.open') : t('library.open_busy', { percent: done })}
      </button>
      {open && (
        <Library
          close={() => {
            setOpen(false);
            button.current?.focus();
          }}
        />
      )}
    </>
  );
}
