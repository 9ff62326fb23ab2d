/** A no: the server's own sentence, which names who may and what to do. */
import { t } from '../words';
import { useRoom, useWatch } from './hooks';
import { Icon } from './Icon';

export function NoticeBox() {
  const room = useRoom();
  const notice = useWatch(room, () => room.passing.notice);
  const propose = notice?.propose ?? null;
  return (
    <div class="notice-place" role="alert">
      {notice !== null && (
        <div class="notice" key={notice.id}>
          <Icon name="lock" />
          <div class="grow">
            {notice.text}
            {propose !== null && (
              <span class="acts">
                <button
                  class="btn btn--sm btn--edge" type="button"
                  onClick={() => {
                    room.dismiss();
                    void room.ask({ do: 'propose', what: propose });
                  }}
                >
                  <Icon name="vote" size={16} />{t('propose')}
                </button>
              </span>
            )}
          </div>
          <button class="icon-btn icon-btn--sm" type="button" aria-label={t('close')} title={t('close')} onClick={() => room.dismiss()}>
            <Icon name="x" />
          </button>
        </div>
      )}
    </div>
  );
}
