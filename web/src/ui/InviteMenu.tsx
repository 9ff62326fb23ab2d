/** One link for everybody: copy it, share it, or say the code. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../words';
import { useRoomState } from './hooks';
import { Icon } from './Icon';
import '../words/later';

export function InviteMenu() {
  const { room } = useRoomState();
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  if (room === null) return null;
  const link = room.invite_url;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      setTimeout(() => setCopied(false), 2500);
    } catch {
      // No permission, or no https: then the reader copies the selected text.
      field.current?.select();
    }
  };
  return (
    <div class="menu pop invite-menu">
      <div class="pop-head"><b>{t('invite.to', { title: room.title })}</b></div>
      <div class="pop-line">
        <span class="field grow">
          <input ref={field} readOnly value={link} aria-label={t('invite.link')} onFocus={(event) => event.currentTarget.select()} />
        </span>
        <button class="btn btn--primary" type="button" onClick={() => void copy()}>
          <Icon name={copied ? 'check' : 'copy'} />
          <span role="status">{t(copied ? 'invite.copied' : 'invite.copy')}</span>
        </button>
      </div>
      <p class="pop-line">
        <span class="t13 t2">{t('invite.code')}</span>
        <b class="code">{`${room.code.slice(0, 3)} ${room.code.slice(3)}`}</b>
      </p>
      {'share' in navigator && (
        <div class="pop-line">
          <button
            class="btn btn--sm grow" type="button"
            onClick={() => void navigator.share({ title: room.title, url: link }).catch(() => undefined)}
          >
            <Icon name="external" size={16} />{t('invite.share')}
          </button>
        </div>
      )}
    </div>
  );
}
