/** The password of a room, asked for before one is in. Comes later. */
import { joinRoom } from '../../api/rooms';
import { sentence } from '../../room';
import { t } from '../../words';
import '../../words/later';
import { SecretForm } from '../landing/SecretForm';

interface Props {
  /** The room's identity, its invite token or its spoken code. */
  readonly room: string;
  /** For who has no name yet. */
  readonly name?: string;
  readonly enter: (room: string) => void;
}

export function RoomPassword({ room, name, enter }: Props) {
  const go = async (secret: string): Promise<string | null> => {
    try {
      enter(await joinRoom(room, secret, name));
      return null;
    } catch (error) {
      return sentence(error);
    }
  };
  return <SecretForm go={go} label={t('secret.room')} button={t('join.go')} least={1} />;
}
