/** A no: the server's own sentence, which names who may and what to do; or a hint of the page. */
import { t } from '../../words';
import { useRoom, useWatch } from '../hooks';
import { Icon } from '../Icon';
import '../../words/later';

export function NoticeBox() {
  const room = useRoom();
  const notice = useWatch(room, () => room.passing.notice);
  const propose = notice?.propose ?? null;
  // The first sentence says no, the others say what to do instead.
  const [, first = '', rest = ''] = /^(.*?[.!?。！？])(?:\s+|$)(.*)$/su.exec(notice?.text ?? '') ?? [null, notice?.text ?? '', ''];
  return (
    <div class="notice-place" role="alert">
      {notice !== null && (
        <div class="notice" key={notice.id}>
          <Icon name={notice.hint ? 'bell' : 'lock'} />
          <div class="grow">
            <b>{first}</b>{' '}
            {rest !== '' && <p class="t13">{rest}</p>}
            {propose !== null && (
              <span class="acts">
                <button
                  class="btn btn--sm btn--primary" type="button"
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
