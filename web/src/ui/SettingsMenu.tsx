/** Yours (kept on this browser) and the room's (asked of the server, which knows who may). */
import { useRef, useState } from 'preact/hooks';
import * as prefs from '../prefs';
import type { Visibility } from '../protocol';
import { t } from '../words';
import { useRoom, useRoomState } from './hooks';
import { Segments } from './Segments';
import '../words/later';

const THEMES = ['auto', 'dark', 'light'] as const;
const VISIBILITIES: readonly Visibility[] = ['invite', 'unlisted', 'public', 'private'];

export function SettingsMenu({ showKeys, close }: { readonly showKeys: () => void; readonly close: () => void }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const [theme, setTheme] = useState(prefs.theme.get());
  const title = useRef<HTMLInputElement>(null);
  if (state === null) return null;
  const rename = (event: Event): void => {
    event.preventDefault();
    const text = title.current?.value.trim() ?? '';
    if (text !== '' && text !== state.title) void room.ask({ do: 'change', title: text });
  };
  return (
    <div class="menu pop">
      <div class="pop-head"><b>{t('settings.yours')}</b></div>
      <div class="pop-line">
        <span class="grow">{t('settings.theme')}</span>
        <Segments
          label={t('settings.theme')} options={THEMES.map((value) => ({ value, word: t(`theme.${value}`) }))} chosen={theme}
          choose={(value) => {
            setTheme(value);
            prefs.theme.set(value);
          }}
        />
      </div>
      <div class="pop-line">
        <span class="grow">{t('settings.keys')}</span>
        <button
          class="btn btn--sm" type="button"
          onClick={() => {
            close();
            showKeys();
          }}
        >
          {t('settings.keys.show')}
        </button>
      </div>
      <div class="pop-head pop-head--next"><b>{t('settings.room')}</b></div>
      <form class="pop-line" onSubmit={rename}>
        <span class="field grow">
          <input ref={title} defaultValue={state.title} maxLength={255} aria-label={t('settings.title')} />
        </span>
        <button class="btn btn--sm" type="submit">{t('settings.rename')}</button>
      </form>
      <div class="pop-line pop-stack">
        <span class="t13 t2">{t('settings.visibility')}</span>
        <Segments
          label={t('settings.visibility')} options={VISIBILITIES.map((value) => ({ value, word: t(`visibility.${value}`) }))}
          chosen={state.visibility} choose={(visibility) => void room.ask({ do: 'change', visibility })}
        />
      </div>
    </div>
  );
}
