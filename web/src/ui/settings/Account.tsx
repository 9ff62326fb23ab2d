/** Who one is to this server: an account or none, selves in chats, sessions, all that is known of one, and leaving. */
import { useEffect, useId, useState } from 'preact/hooks';
import { deleteMe } from '../../api/deletion';
import {
  changePassword, endOtherSessions, endSession, exportMe, link, linkCode, logIn, logOut, me as readMe, ownSessions, recover, register,
  type LinkCode, type Me, type OwnSession,
} from '../../api/people';
import { joinRoom } from '../../api/rooms';
import { Refused } from '../../session';
import { clockText, t, type Word } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { Spinner } from '../parts';
import { Refusal, useAsking, type Asking } from '../Refusal';
import { saveFile } from '../saveFile';
import { whenText } from '../when';
import { Row } from './rows';
import '../../words/later';

interface Field {
  readonly name: Word;
  readonly type: 'text' | 'password' | 'email';
  readonly complete: string;
  readonly optional?: boolean;
}

interface FormProps {
  readonly fields: readonly Field[];
  readonly word: Word;
  readonly grave?: boolean;
  readonly send: (values: readonly string[]) => Promise<unknown>;
  readonly done: () => void;
}

/** A small form: its fields keep what was typed until the server said yes. */
function Form({ fields, word, grave, send, done }: FormProps) {
  const asking = useAsking();
  const id = useId();
  const [values, setValues] = useState<readonly string[]>(fields.map(() => ''));
  const ready = fields.every((field, index) => field.optional === true || values[index]?.trim() !== '');
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!ready || asking.busy) return;
    const sent = await asking.run(async () => {
      await send(values);
      return true;
    });
    if (sent !== null) done();
  };
  return (
    <form class="acc-form" onSubmit={(event) => void go(event)}>
      {fields.map((field, index) => (
        <div class="form-row" key={field.name}>
          <label class="label" for={`${id}${index}`}>{t(field.name)}</label>
          <span class="field">
            <input
              id={`${id}${index}`} type={field.type as 'text'} value={values[index] ?? ''} autoComplete={field.complete as 'username'} required={field.optional !== true}
              onInput={(event) => setValues(values.map((value, at) => (at === index ? event.currentTarget.value : value)))}
            />
          </span>
        </div>
      ))}
      <Refusal asking={asking} />
      <button class={grave === true ? 'btn btn--sm btn--grave' : 'btn btn--sm'} type="submit" aria-disabled={!ready || asking.busy}>{t(word)}</button>
    </form>
  );
}

const USER: Field = { name: 'account.username', type: 'text', complete: 'username' };
const EMAIL: Field = { name: 'account.email', type: 'email', complete: 'email', optional: true };
const OLD: Field = { name: 'account.password', type: 'password', complete: 'current-password' };
const NEW: Field = { name: 'account.password.new', type: 'password', complete: 'new-password' };

/** Opened when wanted: most people need none of it. */
const More = ({ word, children }: { readonly word: Word; readonly children: preact.ComponentChildren }) => (
  <details class="acc-more"><summary>{t(word)}</summary>{children}</details>
);

function Guest({ again }: { readonly again: () => void }) {
  const { room } = useRoomState();
  const signIn = async (user: string, password: string): Promise<void> => {
    await logIn(user, password);
    // The account may never have been in this room: it comes in by the link that the guest could hand on. A no is the room's to say.
    if (room !== null) await joinRoom(room.invite, null).catch(() => undefined);
  };
  const [sent, setSent] = useState(false);
  return (
    <>
      <p class="t13 t2">{t('account.guest')}</p>
      <More word="account.make">
        <Form fields={[USER, EMAIL, NEW]} word="account.make" send={([user = '', email = '', password = '']) => register(user.trim(), email.trim(), password)} done={again} />
      </More>
      <More word="account.sign_in">
        <Form fields={[{ ...USER, name: 'account.user' }, OLD]} word="account.sign_in" send={([user = '', password = '']) => signIn(user.trim(), password)} done={again} />
      </More>
      <More word="account.forgot">
        <p class="t13 t2" role="status">{t(sent ? 'account.forgot.sent' : 'account.forgot.text')}</p>
        <Form fields={[{ ...USER, name: 'account.user' }]} word="account.forgot.go" send={([user = '']) => recover(user.trim())} done={() => setSent(true)} />
      </More>
    </>
  );
}

function Code({ asking, again }: { readonly asking: Asking; readonly again: () => void }) {
  const [code, setCode] = useState<LinkCode | null>(null);
  useTick(1000, code !== null);
  const left = code === null ? 0 : code.expires_at - Date.now();
  return (
    <More word="account.link">
      <p class="t13 t2">{t('account.link.text')}</p>
      {code !== null && left > 0
        ? <p class="hstack wide" role="status"><b class="code">{`${code.code.slice(0, 3)} ${code.code.slice(3)}`}</b><span class="t13 t2 num">{t('account.link.left', { left: clockText(left) })}</span></p>
        : <button class="btn btn--sm" type="button" onClick={() => void asking.run(linkCode).then(setCode)}>{t('account.link.get')}</button>}
      <Form fields={[{ name: 'account.link.code', type: 'text', complete: 'one-time-code' }]} word="account.link.go" send={([typed = '']) => link(typed)} done={again} />
    </More>
  );
}

function Sessions({ asking, sessions, again }: { readonly asking: Asking; readonly sessions: readonly OwnSession[]; readonly again: () => void }) {
  const end = (work: () => Promise<void>): void => void asking.run(work).then(again);
  return (
    <More word="account.sessions">
      <ul class="set-links">
        {sessions.map((one) => (
          <li key={one.id}>
            <span class="grow">{t(one.current ? 'account.session.this' : 'account.session', { time: whenText(one.made_at) })}</span>
            {!one.current && <button class="btn btn--sm" type="button" onClick={() => end(() => endSession(one.id))}>{t('account.session.end')}</button>}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && <button class="btn btn--sm" type="button" onClick={() => end(endOtherSessions)}>{t('account.sessions.end')}</button>}
    </More>
  );
}

export function Account() {
  const room = useRoom();
  const asking = useAsking();
  const [me, setMe] = useState<Me | null>(null);
  const [sessions, setSessions] = useState<readonly OwnSession[]>([]);
  const read = async (): Promise<void> => {
    const known = await asking.run(async () => [await readMe(), await ownSessions()] as const);
    if (known === null) return;
    setMe(known[0]);
    setSessions(known[1]);
  };
  useEffect(() => void read(), []);
  /** One is somebody else now, or more than before: the room is told by coming again. */
  const changed = (): void => {
    room.session.restart();
    void read();
  };
  const leave = (): void => {
    room.close();
    location.assign('/');
  };
  if (me === null) {
    return asking.no === null
      ? <p class="empty-part" role="status"><Spinner />{t('loading')}</p>
      : <Refusal asking={asking}><button class="btn btn--sm" type="button" onClick={() => void read()}>{t('again')}</button></Refusal>;
  }
  const registered = me.username !== null;
  return (
    <div class="set-list">
      <Row name={me.username ?? me.name} hint={registered ? (me.email ?? t('account.no_email')) : t('account.is_guest')}>
        {registered && <button class="btn btn--sm" type="button" onClick={() => void asking.run(logOut).then(leave)}>{t('account.sign_out')}</button>}
      </Row>
      <Refusal asking={asking} />
      {me.platforms.length > 0 && <p class="t13 t2">{t('account.platforms', { list: me.platforms.map((one) => t(one === 'discord' ? 'door.discord' : 'door.telegram')).join(', ') })}</p>}
      {!registered && <Guest again={changed} />}
      {registered && (
        <More word="account.password.change">
          <Form fields={[OLD, NEW]} word="account.password.change" send={([old = '', next = '']) => changePassword(old, next)} done={() => void read()} />
        </More>
      )}
      <Code asking={asking} again={changed} />
      <Sessions asking={asking} sessions={sessions} again={() => void read()} />
      <More word="account.data">
        <p class="t13 t2">{t('account.data.text')}</p>
        <button class="btn btn--sm" type="button" onClick={() => void asking.run(exportMe).then((text) => { if (text !== null) saveFile('onecouch.json', 'application/json', text); })}>{t('account.data.save')}</button>
      </More>
      <More word="account.delete">
        <p class="t13 t2">{t('account.delete.text')}</p>
        <Form
          fields={registered ? [OLD] : [{ name: 'account.delete.type', type: 'text', complete: 'off' }]} word="account.delete" grave
          send={async ([typed = '']) => {
            if (!registered && typed.trim() !== me.name.trim()) throw new Refused('other_name', t('account.delete.mistyped', { name: me.name }));
            await deleteMe(registered ? typed : '');
          }}
          done={leave}
        />
      </More>
    </div>
  );
}
