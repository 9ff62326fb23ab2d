/** A new password, by the link that was mailed. The token stands behind the `#`, so that no server sees it in an address. */
import { useState } from 'preact/hooks';
import { finishRecovery } from '../../api/accounts';
import { sentence } from '../../room';
import { t } from '../../words';
import '../../words/later';
import { Card } from '../Card';
import { Gone } from '../Gone';
import { SecretForm } from './SecretForm';

export function Recover() {
  const [token] = useState(() => location.hash.slice(1));
  const [name, setName] = useState<string | null>(null);
  if (token === '') return <Gone title={t('recover.title')} text={t('recover.empty')} />;
  if (name !== null) return <Gone title={t('recover.done')} text={t('recover.done.text', { name })} />;
  const go = async (secret: string): Promise<string | null> => {
    try {
      const who = await finishRecovery(token, secret);
      history.replaceState(null, '', '/recover');
      setName(who);
      return null;
    } catch (error) {
      return sentence(error);
    }
  };
  return (
    <Card heads={0} picture={null} above={t('product')} title={t('recover.title')}>
      <SecretForm go={go} label={t('recover.new')} button={t('recover.go')} least={8} fresh />
    </Card>
  );
}
