/** Which language the page speaks: the browser's, or one of one's own choice. It changes at once; nothing is opened again. */
import { useState } from 'preact/hooks';
import * as prefs from '../../prefs';
import { LANGUAGES, speak, t, wanted, type Language } from '../../words';
import '../../words/later';

/** Each calls itself by its own name, so that one finds home from a language that one cannot read. */
const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch', es: 'Español', ru: 'Русский', zh: '中文' };

export function LanguageChoice({ id }: { readonly id: string }) {
  const [chosen, setChosen] = useState(prefs.language.get());
  return (
    <select
      class="btn btn--sm choice" id={id} aria-label={t('settings.language')} value={chosen}
      onChange={(event) => {
        const value = event.currentTarget.value;
        prefs.language.set(value);
        setChosen(value);
        void speak(wanted(), true);
      }}
    >
      <option value="">{t('language.auto')}</option>
      {LANGUAGES.map((one) => <option key={one} value={one} lang={one}>{NAMES[one]}</option>)}
    </select>
  );
}
