/** Keeps somebody out: for how long, and why. */
import { useState } from 'preact/hooks';
import { t } from '../../words';
import { Dialog } from '../Dialog';
import { Refusal, useAsking } from '../Refusal';
import { Segments } from '../Segments';
import '../../words/later';

const HOUR = 3600_000;
const SPANS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, ever: null } as const;
type Span = keyof typeof SPANS;

export function BanForm({ person, name, close }: { readonly person: string; readonly name: string; readonly close: () => void }) {
  const asking = useAsking();
  const [span, setSpan] = useState<Span>('day');
  const [reason, setReason] = useState('');
  const ban = async (event: Event): Promise<void> => {
    event.preventDefault();
    const for_ms = SPANS[span];
    const done = await asking.ask({
      do: 'ban', person, ...(for_ms === null ? {} : { for_ms }), ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    if (done) close();
  };
  return (
    <Dialog title={t('ban.title', { name })} close={close} class="dialog--small">
      <form onSubmit={(event) => void ban(event)}>
        <p class="t2">{t('ban.text')}</p>
        <div class="form-row">
          <span class="label">{t('ban.for')}</span>
          <Segments label={t('ban.for')} options={(Object.keys(SPANS) as Span[]).map((value) => ({ value, word: t(`ban.${value}`) }))} chosen={span} choose={setSpan} />
        </div>
        <div class="form-row">
          <label class="label" for="ban-why">{t('ban.reason')}</label>
          <span class="field"><input id="ban-why" value={reason} maxLength={200} autoComplete="off" onInput={(event) => setReason(event.currentTarget.value)} /></span>
          <p class="t12 t3">{t('ban.reason.hint')}</p>
        </div>
        <Refusal asking={asking} />
        <div class="dialog-acts">
          <button class="btn" type="button" onClick={close}>{t('cancel')}</button>
          <button class="btn btn--grave" type="submit" aria-disabled={asking.busy}>{t('person.ban')}</button>
        </div>
      </form>
    </Dialog>
  );
}
