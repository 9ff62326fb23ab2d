/** Who is kept out, and letting them in again. */
import { useEffect, useState } from 'preact/hooks';
import { bans as readBans } from '../../api/members';
import type { Penalty } from '../../protocol';
import { t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Avatar } from '../parts';
import { Refusal, useAsking } from '../Refusal';
import { whenText } from '../when';
import '../../words/later';

export function Bans() {
  const room = useRoom();
  const { deeds } = useRoomState();
  const asking = useAsking();
  const [bans, setBans] = useState<readonly Penalty[] | null>(null);
  const read = (): void => void asking.run(() => readBans(room.id)).then((known) => {
    if (known !== null) setBans(known);
  });
  // The list is nobody's part of the room's state: it is read anew when somebody was banned or let in.
  const news = deeds.filter(({ what }) => what.kind === 'banned' || what.kind === 'unbanned').at(-1)?.seq ?? 0;
  useEffect(read, [news]);
  if (bans?.length === 0 && asking.no === null) return null;
  return (
    <section>
      <div class="sec"><h2>{t('people.banned')}</h2><span class="num">{bans?.length ?? ''}</span></div>
      <Refusal asking={asking}><button class="btn btn--sm" type="button" onClick={read}>{t('again')}</button></Refusal>
      <ul class="people">
        {(bans ?? []).map((one) => (
          <li key={one.person}>
            <Avatar person={one.person} name={one.name} size={32} />
            <span class="grow">
              <span class="nm"><span dir="auto" class="clip">{one.name}</span></span>
              <span class="t13 t3" dir="auto">
                {one.until === null ? t('ban.is.ever') : t('ban.is.until', { time: whenText(one.until) })}
                {one.reason !== '' && <span class="dot">{one.reason}</span>}
              </span>
            </span>
            <button class="btn btn--sm" type="button" aria-label={t('ban.end.name', { name: one.name })} onClick={() => void asking.ask({ do: 'unban', person: one.person })}>{t('ban.end')}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
