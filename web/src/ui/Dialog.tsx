/** A dialog in the middle; on phones a drawer from below. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../words';
import { Icon } from './Icon';
import '../styles/parts.css';
import '../words/later';

interface Props {
  readonly title: string;
  readonly close: () => void;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Dialog({ title, close, class: extra, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      // A dialog that is taken out of the page gives no focus back by itself.
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog} class={`dialog drawer ${extra ?? ''}`} aria-labelledby={name} onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div class="dialog-in">
        <div class="dialog-head">
          <h2 id={name} dir="auto">{title}</h2>
          <button class="icon-btn" type="button" aria-label={t('close')} title={t('close')} onClick={() => dialog.current?.close()}><Icon name="x" /></button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  /** What the button that does it says. */
  readonly word: string;
  readonly yes: () => void;
  readonly close: () => void;
}

/** Asks before what is done at once to everybody. */
export const Confirm = ({ title, text, word, yes, close }: ConfirmProps) => (
  <Dialog title={title} close={close} class="dialog--small">
    <p class="t2">{text}</p>
    <div class="dialog-acts">
      <button class="btn" type="button" onClick={close}>{t('cancel')}</button>
      <button
        class="btn btn--grave" type="button"
        onClick={() => {
          close();
          yes();
        }}
      >
        {word}
      </button>
    </div>
  </Dialog>
);
