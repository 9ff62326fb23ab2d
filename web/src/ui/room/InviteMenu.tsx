/** One link for everybody: copy it, show it, share it, say the code; and further links with an end, for who may. */
import '../../styles/invite.css';
import { useRef, useState } from 'preact/hooks';
import { t } from '../../words';
import { useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { later } from '../Later';
import { copied as copies } from './copied';
import '../../words/later';

const Qr = later(() => import('./Qr').then((part) => part.Qr));
const InDiscord = __ACTIVITY__ ? later(() => import('../../activity/InDiscord').then((part) => part.InDiscord)) : null;

/** How long a button says that it copied, ms. */
const SAID = 2500;

export function InviteMenu() {
  const state = useRoomState();
  const [copied, setCopied] = useState<'link' | 'message' | null>(null);
  const [qr, setQr] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  if (state.room === null) return null;
  const { title, code, invite_url: link } = state.room;
  const copy = async (what: 'link' | 'message', text: string): Promise<void> => {
    // No permission, or no https: then the reader copies the selected text.
    if (!(await copies(text))) {
      field.current?.select();
      return;
    }
    setCopied(what);
    setTimeout(() => setCopied((now) => (now === what ? null : now)), SAID);
  };
  const telegram = `https://t.me/share/url?${new URLSearchParams({ url: link, text: t('invite.message', { title }) }).toString()}`;
  return (
    <div class="menu pop invite-menu" role="group" aria-label={t('invite.to', { title })}>
      <p class="vh" role="status">{copied !== null && t('invite.copied')}</p>
      <div class="pop-head"><b class="clip">{t('invite.to', { title })}</b></div>
      {InDiscord !== null && <InDiscord />}
      <div class="pop-line">
        <span class="field grow">
          <input ref={field} readOnly value={link} aria-label={t('invite.link')} dir="ltr" onFocus={(event) => event.currentTarget.select()} />
        </span>
        <button class="btn btn--primary" type="button" onClick={() => void copy('link', link)}>
          <Icon name={copied === 'link' ? 'check' : 'copy'} />
          {t(copied === 'link' ? 'invite.copied' : 'invite.copy')}
        </button>
      </div>
      <div class="pop-line invite-code">
        <span class="t13 t2">{t('invite.code')}</span>
        <b class="code">{`${code.slice(0, 3)} ${code.slice(3)}`}</b>
        <span class="grow" />
        <button class="btn btn--sm" type="button" aria-expanded={qr} onClick={() => setQr(!qr)}><Icon name="qr" size={16} />{t('invite.qr')}</button>
      </div>
      {qr && <div class="invite-qr"><Qr text={link} name={t('invite.qr.name', { title })} /></div>}
      <div class="pop-line invite-shares">
        <button class="btn btn--sm" type="button" onClick={() => void copy('message', `${t('invite.message', { title })} ${link}`)}>
          <Icon name={copied === 'message' ? 'check' : 'discord'} size={16} />
          {t(copied === 'message' ? 'invite.copied' : 'invite.discord')}
        </button>
        <a class="btn btn--sm" href={telegram} target="_blank" rel="noopener noreferrer"><Icon name="telegram" size={16} />Telegram</a>
        {'share' in navigator && (
          <button class="btn btn--sm" type="button" onClick={() => void navigator.share({ title, text: t('invite.message', { title }), url: link }).catch(() => undefined)}>
            <Icon name="external" size={16} />{t('invite.share')}
          </button>
        )}
      </div>
      <p class="pop-line t12 t3">{t('invite.chat_hint', { command: '/link' })}</p>
    </div>
  );
}
