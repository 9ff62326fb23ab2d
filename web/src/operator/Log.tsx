/** What was done with administrators' credentials, the newest first. */
import type { IconName } from '../ui/Icon';
import { has, t } from '../words';
import { log, type Act } from './calls';
import { useDesk } from './key';
import { How, Rows, stamp, useList } from './parts';
import '../words/later';

const SHAPES: Readonly<Record<string, readonly [IconName, 'ok' | 'warn' | 'bad' | 'calm']>> = {
  done: ['insync', 'ok'], refused: ['lock', 'warn'], failed: ['alert', 'bad'], begun: ['hourglass', 'warn'],
};

/** What was done, in words where it has a name; the call itself else. */
function What({ act }: { readonly act: string }) {
  const key = `op.act.${act}`;
  return has(key) ? <b>{t(key)}</b> : <b class="op-code">{act}</b>;
}

function Line({ act }: { readonly act: Act }) {
  const [icon, tone] = SHAPES[act.outcome] ?? ['alert', 'warn'];
  const outcome = `op.outcome.${act.outcome}`;
  return (
    <li class="op-row op-act">
      <time class="t13 t2 num" dateTime={new Date(act.at).toISOString()}>{stamp(act.at)}</time>
      <span class="grow">
        <span class="block"><What act={act.act} />{act.about !== null && <span dir="auto"> {act.about}</span>}</span>
        {act.on !== null && <span class="t12 t3 op-code clip block" title={act.on}>{act.on}</span>}
      </span>
      <span class="t13 t2 op-who"><span class="op-code">{act.by === 'command line' ? t('op.by.hand') : act.by}</span>{act.from !== null && <span class="op-code block">{act.from}</span>}</span>
      <How icon={icon} tone={tone} word={`${has(outcome) ? t(outcome) : act.outcome}${act.code === null ? '' : ` (${act.code})`}`} />
    </li>
  );
}

export function Log() {
  const { key } = useDesk();
  const list = useList('', (after) => log(key, after));
  return (
    <>
      <div class="op-tools">
        <h2 class="vh">{t('op.log')}</h2>
        <p class="t13 t2 grow">{t('op.log.hint')}</p>
        <button class="btn btn--sm" type="button" aria-disabled={list.ask.busy} onClick={list.again}>{t('op.again')}</button>
      </div>
      <Rows list={list} none={t('op.log.none')} label={t('op.log')} row={(act) => <Line key={act.id} act={act} />} />
    </>
  );
}
