/** The keys, in a dialog; `?` opens it. */
import { useEffect, useRef } from 'preact/hooks';
import { t, type Word } from '../../words';
import { Icon } from '../Icon';
import { KeysSwitch } from '../settings/Keys';
import '../../words/later';

/** The space bar has no sign of its own. */
const SPACE = 'space';

const KEYS: readonly (readonly [readonly string[], Word])[] = [
  [[SPACE, 'k'], 'keys.play'], [['←', '→'], 'keys.five'], [['j', 'l'], 'keys.ten'], [['m'], 'keys.mute'], [['c'], 'keys.captions'],
  [['f'], 'keys.full'], [['t'], 'keys.theatre'], [['n'], 'keys.chat'], [['/'], 'keys.slash'], [['s'], 'keys.sync'], [['Esc'], 'keys.back'],
  [['?'], 'keys.help'],
];

export function KeyHelp({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      // Who opened it from a menu that is gone since finds the menu's button.
      const back = before instanceof HTMLElement && before.isConnected && before !== document.body ? before : document.querySelector<HTMLElement>('.settings button');
      back?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog} class="dialog" aria-labelledby="h-keys" onClose={close}
      onClick={(event) => { if (event.target === dialog.current) dialog.current?.close(); }}
    >
      <div class="pop-head">
        <h2 id="h-keys">{t('settings.keys')}</h2>
        <button class="icon-btn icon-btn--sm" type="button" aria-label={t('close')} title={t('close')} onClick={() => dialog.current?.close()}>
          <Icon name="x" />
        </button>
      </div>
      <dl class="keys">
        {KEYS.map(([keys, word]) => (
          <div key={word}>
            <dt>{keys.map((key) => <kbd class="kbd" key={key}>{key === SPACE ? t('keys.space') : key}</kbd>)}</dt>
            <dd>{t(word)}</dd>
          </div>
        ))}
      </dl>
      <KeysSwitch />
    </dialog>
  );
}
