/** Two switches of this browser: what is hidden in the chat, and whether reactions move over the film. */
import { t } from '../../words';
import { calmReactions, spoilerGuard } from '../flags';
import { useWatch } from '../hooks';
import '../../words/later';

type Flag = typeof spoilerGuard;

function Switch({ flag, word, small }: { readonly flag: Flag; readonly word: string; readonly small: string | null }) {
  const on = useWatch(flag, () => flag.get());
  return (
    <label class="pop-line">
      <span class="grow">{word}{small !== null && <small class="t12 t3 block">{small}</small>}</span>
      <input class="toggle" type="checkbox" role="switch" checked={on} onChange={(event) => flag.set(event.currentTarget.checked)} />
    </label>
  );
}

export const FilmSwitches = () => (
  <>
    <Switch flag={spoilerGuard} word={t('settings.spoilers')} small={null} />
    <Switch flag={calmReactions} word={t('settings.calm')} small={t('settings.calm.text')} />
  </>
);
