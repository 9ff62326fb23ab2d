/** The keys, in a dialog; `?` opens it. */
import { useEffect, useRef } from 'preact/hooks';
import { t, type Word } from '../words';
import { Icon } from './Icon';
import '../words/later';

const KEYS: readonly (readonly [string, Word])[] = [
  ['k', 'keys.play'], ['← →', 'keys.five'], ['j l', 'keys.ten'], ['m', 'keys.mute'], ['f', 'keys.full'],
  ['t', 'keys.theatre'], ['n', 'keys.chat'], ['?', 'keys.help'],
];

export function KeyHelp({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="h-keys" onClose={close}>
      <div class="pop-head">
        <h2 id="h-keys">{t('settings.keys')}</h2>
        <button class="icon-btn icon-btn--sm" type="button" aria-label={t('close')} title={t('close')} onClick={() => dialog.current?.close()}>
          <Icon name="x" />
        </button>
      </div>
      <dl class="keys">
        {KEYS.map(([keys, word]) => (
          <div key={word}>
            <dt>{keys.split(' ').map((key) => <span class="kbd" key={key}>{key}</span>)}</dt>
            <dd>{t(word)}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
