/** Keys of one letter can be in the way of speech input and of unsteady hands: they can be switched off (WCAG 2.1.4). */
import { useState } from 'preact/hooks';
import * as prefs from '../../prefs';
import { t } from '../../words';
import '../../words/later';

export function KeysSwitch() {
  const [on, setOn] = useState(prefs.keys.get());
  return (
    <label class="pop-line">
      <span class="grow">{t('settings.keys.on')}</span>
      <input
        class="toggle" type="checkbox" role="switch" checked={on}
        onChange={(event) => {
          prefs.keys.set(event.currentTarget.checked);
          setOn(event.currentTarget.checked);
        }}
      />
    </label>
  );
}
