/** Addresses that are kept out of everything. */
import { useRef, useState } from 'preact/hooks';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { t } from '../words';
import { bans, liftBan, makeBan, type Ban, type NewBan } from './calls';
import { useDesk } from './key';
import { Rows, stamp, Told, useAsk, useList, whole } from './parts';
import '../words/later';

const HOUR = 3_600_000;
const LENGTHS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, ever: null } as const;
type Length = keyof typeof LENGTHS;

export function Bans() {
  const { key, say } = useDesk();
  const ask = useAsk();
  const list = useList('', async () => whole(await bans(key)));
  const [network, setNetwork] = useState('');
  const [reason, setReason] = useState('');
  const [length, setLength] = useState<Length>('day');
  /** What would keep the asker out too. */
  const [own, setOwn] = useState<NewBan | null>(null);
  const [sure, setSure] = useState<Ban | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const put = async (ban: NewBan, force: boolean): Promise<void> => {
    const done = await ask.run(async () => {
      try {
        await makeBan(key, ban, force);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'bans_yourself')) throw error;
        setOwn(ban);
        return false;
      }
      return true;
    });
    if (done !== true) return;
    setNetwork('');
    setReason('');
    say(t('op.said.banned', { network: ban.network }));
    list.again();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const span = LENGTHS[length];
    if (!ask.busy) void put({ network: network.trim(), reason: reason.trim(), until: span === null ? null : Date.now() + span }, false);
  };
  const lift = async (ban: Ban): Promise<void> => {
    if (await ask.run(async () => { await liftBan(key, ban.id); return true; }) === null) return;
    say(t('op.said.lifted', { network: ban.network }));
    list.again();
    heading.current?.focus();
  };
  return (
    <>
      <h2 class="vh" ref={heading} tabIndex={-1}>{t('op.bans')}</h2>
      <form class="op-form" onSubmit={submit}>
        <label class="grow"><span class="label">{t('op.ban.network')}</span><span class="field"><input class="op-code" type="text" required maxLength={64} value={network} placeholder="203.0.113.0/24" autoComplete="off" autoCapitalize="none" spellcheck={false} onInput={(event) => setNetwork(event.currentTarget.value)} /></span></label>
        <label class="grow"><span class="label">{t('op.ban.reason')}</span><span class="field"><input type="text" maxLength={200} value={reason} autoComplete="off" onInput={(event) => setReason(event.currentTarget.value)} /></span></label>
        <label><span class="label">{t('ban.for')}</span><span class="field"><select value={length} onChange={(event) => setLength(event.currentTarget.value as Length)}>{(Object.keys(LENGTHS) as Length[]).map((one) => <option key={one} value={one}>{t(`ban.${one}`)}</option>)}</select></span></label>
        <button class="btn btn--primary" type="submit" aria-disabled={ask.busy}>{t('op.ban.make')}</button>
        <p class="t13 t2 op-hint">{t('op.ban.hint')}</p>
      </form>
      <Told ask={ask} />
      <Rows
        list={list} none={t('op.bans.none')} label={t('op.bans')}
        row={(ban) => (
          <li key={ban.id} class="op-row">
            <Icon name="hand" size={16} />
            <span class="grow">
              <b class="op-code block">{ban.network}</b>
              {ban.reason !== '' && <span class="t13 block" dir="auto">{ban.reason}</span>}
              <span class="t13 t2">{t('op.ban.is', { by: ban.by, at: stamp(ban.at), until: ban.until === null ? t('ban.is.ever') : t('ban.is.until', { time: stamp(ban.until) }) })}</span>
            </span>
            <button class="btn btn--sm" type="button" aria-label={t('op.ban.lift.name', { network: ban.network })} onClick={() => setSure(ban)}>{t('op.ban.lift')}</button>
          </li>
        )}
      />
      {own !== null && <Confirm title={t('op.sure.own', { network: own.network })} text={t('op.sure.own.text')} word={t('op.ban.anyway')} yes={() => void put(own, true)} close={() => setOwn(null)} />}
      {sure !== null && <Confirm title={t('op.sure.lift', { network: sure.network })} text={t('op.sure.lift.text')} word={t('op.ban.lift')} yes={() => void lift(sure)} close={() => setSure(null)} />}
    </>
  );
}
