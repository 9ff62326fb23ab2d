/** The password of the room: told to nobody, so it can be replaced and taken away only. */
import { useId, useState } from 'preact/hooks';
import { t } from '../../words';
import { Row, useSetting } from './rows';
import '../../words/later';

export function Password({ has }: { readonly has: boolean }) {
  const setting = useSetting('access');
  const id = useId();
  const [text, setText] = useState('');
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (text !== '' && (await setting.change({ password: text }))) setText('');
  };
  return (
    <Row name={t('set.password')} hint={t(has ? 'set.password.has' : 'set.password.none')} setting={setting} control={id} wide>
      <form class="hstack set-form" onSubmit={(event) => void save(event)}>
        <span class="field grow">
          <input
            id={id} type="password" value={text} maxLength={100} autoComplete="new-password" placeholder={t('set.password.new')} readOnly={setting.why !== undefined}
            aria-disabled={setting.why !== undefined} onInput={(event) => setText(event.currentTarget.value)}
          />
        </span>
        <button class="btn btn--sm" type="submit" aria-disabled={text === '' || setting.why !== undefined}>{t('set.password.set')}</button>
        {has && setting.why === undefined && <button class="btn btn--sm" type="button" onClick={() => void setting.change({ password: null })}>{t('set.password.drop')}</button>}
      </form>
    </Row>
  );
}
