/** What was done since this page is open, and by whom; newest first. */
import { agoText, clockText, t } from '../words';
import { tell } from './deeds';
import { useRoomState, useTick } from './hooks';
import { Icon } from './Icon';
import { Origin } from './parts';
import '../words/later';

export function Activity() {
  const { deeds, you } = useRoomState();
  useTick(15_000);
  const now = Date.now();
  const told = [...deeds].reverse().flatMap((deed) => {
    const words = tell(deed);
    return words === null ? [] : [{ deed, words }];
  });
  return (
    <div class="scroll">
      {told.length === 0 && <p class="chat-empty t2">{t('activity.empty')}</p>}
      <ol class="act">
        {told.map(({ deed, words }) => (
          <li key={`${deed.at}.${deed.seq}`}>
            <Icon name={words.icon} />
            <span>
              {deed.by !== null && <><b dir="auto">{deed.by.person === you?.person ? t('You') : deed.by.name}</b>{' '}</>}
              {words.text} <Origin door={deed.by?.door} named />
              <br />
              <span class="t12 t3 num">
                {deed.position_ms === null ? agoText(deed.at, now) : t('activity.at', { at: clockText(deed.position_ms), ago: agoText(deed.at, now) })}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
