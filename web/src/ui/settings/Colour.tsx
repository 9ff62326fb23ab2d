/** The colour behind the room and how strong it is. */
import { useId } from 'preact/hooks';
import { t } from '../../words';
import { NumberRow, Row, useSetting } from './rows';
import '../../words/later';

export function Colour({ colour, opacity }: { readonly colour: string | null; readonly opacity: number }) {
  const setting = useSetting('settings');
  const id = useId();
  return (
    <>
      <Row name={t('set.colour')} setting={setting} control={id}>
        <span class="hstack">
          <input
            id={id} class="set-colour" type="color" value={colour ?? '#0d0c0a'} aria-disabled={setting.why !== undefined}
            onClick={(event) => {
              if (setting.why !== undefined) event.preventDefault();
            }}
            onChange={(event) => void setting.change({ colour: event.currentTarget.value })}
          />
          {colour !== null && setting.why === undefined && <button class="btn btn--sm" type="button" onClick={() => void setting.change({ colour: null })}>{t('set.colour.none')}</button>}
        </span>
      </Row>
      {colour !== null && <NumberRow name={t('set.opacity')} permission="settings" value={opacity} low={0} high={100} unit="%" to={(value) => ({ opacity: value ?? 100 })} />}
    </>
  );
}
