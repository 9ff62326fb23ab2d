/** Why one is not in the room any more, and the way back where there is one. Comes later. */
import { signIn } from '../../api/sessions';
import { sentence } from '../../room';
import type { Ending } from '../../session';
import { t } from '../../words';
import '../../words/later';
import { Card } from '../Card';
import { Gone } from '../Gone';
import { useRoom } from '../hooks';
import { NameForm } from '../join/NameForm';
import { RoomPassword } from '../join/RoomPassword';

export function Ended({ why, said }: { readonly why: Ending; readonly said: string }) {
  const room = useRoom();
  // In Discord's frame nobody is anybody's guest: opened again, it asks Discord who they are.
  if (__ACTIVITY__ && why === 'signed_out') {
    return (
      <Gone title={t('gone.signed_out')} text={t('activity.again')}>
        <button class="btn btn--primary btn--lg j-go" type="button" onClick={() => location.reload()}>{t('gone.again')}</button>
      </Gone>
    );
  }
  if (why === 'signed_out') {
    const go = async (name: string): Promise<string | null> => {
      try {
        await signIn(name);
        room.session.restart();
        return null;
      } catch (error) {
        return sentence(error);
      }
    };
    return <Card heads={0} picture={null} above={t('product')} title={t('gone.signed_out')}><NameForm go={go} /></Card>;
  }
  if (why === 'asks_password') {
    return (
      <Card heads={0} picture={null} above={t('product')} title={t('join.room')}>
        <RoomPassword room={room.id} enter={() => room.session.restart()} />
      </Card>
    );
  }
  return (
    <Gone title={t(`gone.${why}`)} text={said === '' ? t(`gone.${why}.text`) : said}>
      {(why === 'outdated' || why === 'shown_out') && <button class="btn btn--primary btn--lg j-go" type="button" onClick={() => location.reload()}>{t(why === 'outdated' ? 'gone.reload' : 'gone.again')}</button>}
      {(why === 'room_full' || why === 'room_closed') && <button class="btn btn--primary btn--lg j-go" type="button" onClick={() => room.session.restart()}>{t('overlay.retry')}</button>}
    </Gone>
  );
}
