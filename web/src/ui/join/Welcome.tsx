/** Asks who has no name yet, before the room is opened. Comes later. */
import { ensureSession } from '../../api/sessions';
import { sentence } from '../../room';
import { t } from '../../words';
import { Card } from '../Card';
import { NameForm } from './NameForm';
import '../../words/later';

export function Welcome({ enter }: { readonly enter: () => void }) {
  const go = async (name: string): Promise<string | null> => {
    try {
      await ensureSession(name);
      enter();
      return null;
    } catch (error) {
      return sentence(error);
    }
  };
  return <Card heads={0} picture={null} above={t('product')} title={t('join.room')}><NameForm go={go} /></Card>;
}
