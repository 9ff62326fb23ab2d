/** What this browser keeps for itself. */
import { useId, useState } from 'preact/hooks';
import * as prefs from '../../prefs';
import { t } from '../../words';
import { useRoom, useRoomState, useWatch } from '../hooks';
import { later } from '../Later';
import { Segments } from '../Segments';
import { vars } from '../parts';
import { KeysSwitch } from './Keys';
import { LanguageChoice } from './Language';
import { Row } from './rows';
import '../../words/later';

const NameDialog = later(() => import('../people/NameDialog').then((part) => part.NameDialog));

const THEMES = ['auto', 'dark', 'light'] as const;
/** How late one's sound may be, ms. */
const DELAY = 500;

export function Yours({ showKeys, close }: { readonly showKeys: () => void; readonly close: () => void }) {
  const room = useRoom();
  const { you } = useRoomState();
  const delay = useWatch(room.projector, () => room.projector.state.delay);
  const [theme, setTheme] = useState(prefs.theme.get());
  const [names, setNames] = useState(false);
  const slider = useId();
  const language = useId();
  return (
    <div class="set-list">
      <Row name={t('name.title')} hint={you?.name ?? ''}>
        <button class="btn btn--sm" type="button" onClick={() => setNames(true)}>{t('name.change')}</button>
      </Row>
      <Row name={t('settings.theme')}>
        <Segments
          label={t('settings.theme')} options={THEMES.map((value) => ({ value, word: t(`theme.${value}`) }))} chosen={theme}
          choose={(value) => {
            setTheme(value);
            prefs.theme.set(value);
          }}
        />
      </Row>
      <Row name={t('settings.language')} control={language}><LanguageChoice id={language} /></Row>
      <Row name={t('sync.delay')} hint={t('sync.delay.hint')} control={slider}>
        <span class="hstack">
          <input
            id={slider} class="slider" type="range" min={-DELAY} max={DELAY} step={10} value={delay} aria-valuetext={t('unit.ms', { n: delay })}
            style={vars({ '--v': `${((delay + DELAY) / (2 * DELAY)) * 100}%` })} onInput={(event) => room.projector.setDelay(Number(event.currentTarget.value))}
          />
          <span class="num set-ms">{t('unit.ms', { n: delay })}</span>
        </span>
      </Row>
      <Row name={t('settings.keys')}>
        <button
          class="btn btn--sm" type="button"
          onClick={() => {
            close();
            showKeys();
          }}
        >
          {t('settings.keys.show')}
        </button>
      </Row>
      <KeysSwitch />
      {names && <NameDialog close={() => setNames(false)} />}
    </div>
  );
}
