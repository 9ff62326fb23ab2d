/** All links into the room: the room's own, which is renewed, and more for a time and a purpose. */
import { useEffect, useState } from 'preact/hooks';
import { endInviteLink, inviteLinks, makeInviteLink, type InviteLink } from '../../api/links';
import { t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { copied as copies } from '../room/copied';
import { whenText } from '../when';
import { Row, useSetting } from './rows';
import '../../words/later';

const DAY = 24 * 3600_000;
const SPANS = { day: DAY, week: 7 * DAY, ever: null } as const;
type Span = keyof typeof SPANS;

export function Invites() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const setting = useSetting('invite');
  const [links, setLinks] = useState<readonly InviteLink[] | null>(null);
  const [note, setNote] = useState('');
  const [span, setSpan] = useState<Span>('day');
  const [copied, setCopied] = useState<string | null>(null);
  /** The link that the browser did not let us copy: it stands there to be copied by hand. */
  const [bare, setBare] = useState<string | null>(null);
  const allowed = setting.why === undefined;
  const read = async (): Promise<void> => {
    const all = await inviteLinks(room.id).catch(() => null);
    setLinks(all && [...all].sort((one, other) => Number(other.own) - Number(one.own)));
  };
  useEffect(() => {
    if (allowed) void read();
  }, [allowed, state?.invite]);
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!allowed) return;
    if (await setting.save(() => makeInviteLink(room.id, SPANS[span], note.trim()))) {
      setNote('');
      await read();
    }
  };
  const end = async (link: InviteLink): Promise<void> => {
    if (await setting.save(() => endInviteLink(room.id, link.token))) await read();
  };
  const copy = async (link: InviteLink): Promise<void> => {
    const done = await copies(link.url);
    setCopied(done ? link.token : null);
    setBare(done ? null : link.token);
  };
  return (
    <Row name={t('set.invites')} hint={t('set.invites.hint')} setting={setting} wide words={t('set.invites.make')}>
      {allowed && (
        <div class="set-stack">
          <p class="vh" role="status">{copied !== null && t('invite.copied')}</p>
          <ul class="set-links">
            {(links ?? []).map((link) => (
              <li key={link.token}>
                <span class="grow">
                  <span class="clip block" dir="auto">{link.own ? t('set.invites.own') : (link.note ?? t('set.invites.more'))}</span>
                  {(link.until === null || bare === link.token) && <span class={bare === link.token ? 't12 t3 block set-bare' : 't12 t3 block clip'} dir="ltr">{link.url}</span>}
                  {link.until !== null && <span class="t12 t3 block clip">{t('set.invites.until', { time: whenText(link.until) })}</span>}
                </span>
                <button class="icon-btn" type="button" aria-label={t('set.invites.copy', { name: link.note ?? t('set.invites.own') })} title={t('invite.copy')} onClick={() => void copy(link)}>
                  <Icon name={copied === link.token ? 'check' : 'copy'} />
                </button>
                <button class="btn btn--sm" type="button" onClick={() => void end(link)}>{t(link.own ? 'set.invites.renew' : 'set.invites.end')}</button>
              </li>
            ))}
          </ul>
          <form class="hstack set-form" onSubmit={(event) => void make(event)}>
            <span class="field grow"><input value={note} maxLength={100} placeholder={t('set.invites.note')} aria-label={t('set.invites.note')} onInput={(event) => setNote(event.currentTarget.value)} /></span>
            <span class="field">
              <select aria-label={t('set.invites.for')} value={span} onChange={(event) => setSpan(event.currentTarget.value as Span)}>
                {(Object.keys(SPANS) as Span[]).map((value) => <option key={value} value={value}>{t(`ban.${value}`)}</option>)}
              </select>
            </span>
            <button class="btn btn--sm" type="submit">{t('set.invites.make')}</button>
          </form>
        </div>
      )}
    </Row>
  );
}
