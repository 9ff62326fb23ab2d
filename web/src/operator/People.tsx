/** All people, and the ways in that they have. */
import { useEffect, useState } from 'preact/hooks';
import { Confirm, Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Avatar } from '../ui/parts';
import { t } from '../words';
import { deletePerson, endSession, endSessions, people, personDetail, revokeKey, type Person, type PersonDetail } from './calls';
import { useDesk } from './key';
import { Rows, Search, stamp, Told, useAsk, useList } from './parts';
import '../words/later';

interface Props {
  readonly person: Person;
  readonly close: () => void;
  readonly changed: () => void;
}

function PersonDialog({ person: { id, name }, close, changed }: Props) {
  const { key, say } = useDesk();
  const ask = useAsk();
  const [known, setKnown] = useState<PersonDetail | null>(null);
  const [sure, setSure] = useState<'out' | 'delete' | null>(null);
  const look = async (): Promise<void> => {
    const found = await ask.run(() => personDetail(key, id));
    if (found !== null) setKnown(found);
  };
  useEffect(() => void look(), [id]);
  const does = async (work: () => Promise<unknown>, said: string, gone = false): Promise<void> => {
    if (await ask.run(async () => { await work(); return true; }) === null) return;
    say(said);
    if (!gone) {
      await look();
      return;
    }
    changed();
    close();
  };
  return (
    <Dialog title={name} close={close}>
      <Told ask={ask} />
      {known !== null && (
        <>
          <dl class="op-facts t13">
            <div><dt>{t('op.person.account')}</dt><dd>{known.username ?? t('op.person.guest')}</dd></div>
            {known.email !== null && <div><dt>{t('op.person.email')}</dt><dd>{known.email}</dd></div>}
            {known.platforms.length > 0 && <div><dt>{t('op.person.platforms')}</dt><dd>{known.platforms.join(', ')}</dd></div>}
            <div><dt>{t('op.person.since')}</dt><dd>{stamp(known.madeAt)}</dd></div>
            {known.rooms.length > 0 && <div><dt>{t('op.rooms')}</dt><dd dir="auto">{known.rooms.map((room) => room.title).join(', ')}</dd></div>}
            <div><dt>{t('op.id')}</dt><dd class="op-code">{known.id}</dd></div>
          </dl>
          <h3 class="sec">{t('op.person.sessions', { count: known.sessions.length })}</h3>
          <ul class="op-lines">
            {known.sessions.map((session) => (
              <li key={session.id}>
                <span class="grow t13">{t('op.person.session', { made: stamp(session.madeAt), until: stamp(session.expiresAt) })}</span>
                <button class="btn btn--sm" type="button" aria-disabled={ask.busy} onClick={() => void does(() => endSession(key, id, session.id), t('op.said.session'))}>{t('op.end')}</button>
              </li>
            ))}
          </ul>
          {known.keys.length > 0 && <h3 class="sec">{t('op.keys')}</h3>}
          <ul class="op-lines">
            {known.keys.map((one) => (
              <li key={one.id}>
                <span class="grow"><b dir="auto">{one.name}</b> <span class="t12 t2">{one.scopes.join(', ')}</span></span>
                <button class="btn btn--sm" type="button" aria-disabled={ask.busy} onClick={() => void does(() => revokeKey(key, one.id), t('op.said.revoked', { name: one.name }))}>{t('op.revoke')}</button>
              </li>
            ))}
          </ul>
          <div class="dialog-acts">
            {known.sessions.length > 0 && <button class="btn btn--grave" type="button" onClick={() => setSure('out')}>{t('op.person.out')}</button>}
            <button class="btn btn--grave" type="button" onClick={() => setSure('delete')}>{t('op.delete')}</button>
          </div>
        </>
      )}
      {sure === 'out' && (
        <Confirm title={t('op.sure.out', { name })} text={t('op.sure.out.text')} word={t('op.person.out')} yes={() => void does(() => endSessions(key, id), t('op.said.out', { name }))} close={() => setSure(null)} />
      )}
      {sure === 'delete' && (
        <Confirm title={t('op.sure.delete', { name })} text={t('op.sure.delete.person')} word={t('op.delete')} yes={() => void does(() => deletePerson(key, id), t('op.said.deleted', { name }), true)} close={() => setSure(null)} />
      )}
    </Dialog>
  );
}

export function People() {
  const { key } = useDesk();
  const [words, setWords] = useState('');
  const [open, setOpen] = useState<Person | null>(null);
  const list = useList(words, (after) => people(key, words, after));
  return (
    <>
      <h2 class="vh" tabIndex={-1} id="op-list">{t('op.people')}</h2>
      <div class="op-tools"><Search label={t('op.people.search')} search={setWords} /></div>
      <Rows
        list={list} none={t('op.people.none')} label={t('op.people')}
        row={(person) => (
          <li key={person.id}>
            <button class="op-row" type="button" onClick={() => setOpen(person)}>
              <Avatar person={person.id} name={person.name} />
              <span class="grow"><b class="clip block" dir="auto">{person.name}</b><span class="t13 t2">{t('op.person.came', { time: stamp(person.madeAt) })}</span></span>
              <Icon name="right" size={16} />
            </button>
          </li>
        )}
      />
      {open !== null && <PersonDialog person={open} close={() => setOpen(null)} changed={list.again} />}
    </>
  );
}
