/** Keys of programs: made, the secret shown this once; revoked. */
import { useRef, useState } from 'preact/hooks';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { copied } from '../ui/room/copied';
import { agoText, t } from '../words';
import { keys, makeKey, revokeKey, SCOPES, type Key, type Scope } from './calls';
import { useDesk } from './key';
import { Rows, stamp, Told, useAsk, useList, whole } from './parts';
import '../words/later';

/** The secret of a key that was just made. */
function Secret({ secret, done }: { readonly secret: string; readonly done: () => void }) {
  const [taken, setTaken] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  return (
    <div class="op-secret" role="group" aria-label={t('op.key.secret')}>
      <p>{t('op.key.once')}</p>
      <div class="hstack op-wrap">
        <span class="field grow"><input ref={field} class="op-code" type="text" readOnly value={secret} aria-label={t('op.key.secret')} onFocus={(event) => event.currentTarget.select()} /></span>
        <button
          class="btn btn--primary" type="button"
          onClick={() => void copied(secret).then((done) => {
            setTaken(done);
            if (!done) field.current?.focus();
          })}
        >
          <Icon name={taken ? 'check' : 'copy'} size={16} />{t(taken ? 'invite.copied' : 'invite.copy')}
        </button>
        <button class="btn" type="button" onClick={done}>{t('op.key.kept')}</button>
      </div>
    </div>
  );
}

export function Keys() {
  const { key, say } = useDesk();
  const ask = useAsk();
  const list = useList('', async () => whole(await keys(key)));
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(['read']));
  const [secret, setSecret] = useState<string | null>(null);
  const [sure, setSure] = useState<Key | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (ask.busy) return;
    const made = await ask.run(() => makeKey(key, name.trim(), SCOPES.filter((scope) => scopes.has(scope))));
    if (made === null) return;
    setSecret(made);
    setName('');
    say(t('op.said.key'));
    list.again();
  };
  const revoke = async (one: Key): Promise<void> => {
    if (await ask.run(async () => { await revokeKey(key, one.id); return true; }) === null) return;
    say(t('op.said.revoked', { name: one.name }));
    list.again();
    heading.current?.focus();
  };
  return (
    <>
      <h2 class="vh" ref={heading} tabIndex={-1}>{t('op.keys')}</h2>
      {secret !== null && <Secret secret={secret} done={() => { setSecret(null); heading.current?.focus(); }} />}
      <form class="op-form" onSubmit={(event) => void make(event)}>
        <label class="grow"><span class="label">{t('op.key.name')}</span><span class="field"><input type="text" required maxLength={48} value={name} autoComplete="off" onInput={(event) => setName(event.currentTarget.value)} /></span></label>
        <fieldset class="op-scopes">
          <legend class="label">{t('op.key.scopes')}</legend>
          {SCOPES.map((scope) => (
            <label class="check" key={scope}>
              <input
                type="checkbox" checked={scopes.has(scope)}
                onChange={(event) => {
                  const next = new Set(scopes);
                  if (event.currentTarget.checked) next.add(scope);
                  else next.delete(scope);
                  setScopes(next);
                }}
              />
              <span>{t(`op.scope.${scope}`)}</span>
            </label>
          ))}
        </fieldset>
        <button class={secret === null ? 'btn btn--primary' : 'btn'} type="submit" aria-disabled={ask.busy}>{t('op.key.make')}</button>
      </form>
      <Told ask={ask} />
      <Rows
        list={list} none={t('op.keys.none')} label={t('op.keys')}
        row={(one) => (
          <li key={one.id} class="op-row">
            <Icon name={one.scopes.includes('admin') ? 'shield' : 'lock'} size={16} />
            <span class="grow">
              <b class="clip block" dir="auto">{one.name}</b>
              <span class="t13 t2">{t('op.key.is', { id: one.id, scopes: one.scopes.join(', '), made: stamp(one.madeAt), used: one.usedAt === null ? t('op.key.never') : agoText(one.usedAt, Date.now()) })}</span>
            </span>
            <button class="btn btn--sm" type="button" aria-label={t('op.revoke.name', { name: one.name })} onClick={() => setSure(one)}>{t('op.revoke')}</button>
          </li>
        )}
      />
      {sure !== null && <Confirm title={t('op.sure.revoke', { name: sure.name })} text={t('op.sure.revoke.text')} word={t('op.revoke')} yes={() => void revoke(sure)} close={() => setSure(null)} />}
    </>
  );
}
