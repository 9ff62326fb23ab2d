/** Why the door stays shut, and what to do instead. */
import type { ComponentChildren } from 'preact';
import { t } from '../words';
import { Card } from './Card';
import '../words/later';

export const Gone = ({ title, text, children }: { readonly title: string; readonly text: string; readonly children?: ComponentChildren }) => (
  <Card heads={0} picture={null} above={t('product')} title={title}>
    <p class="t2 gone" role="status">{text}</p>
    {children}
    <a class="btn btn--lg j-go" href="/">{t('gone.home')}</a>
  </Card>
);

/** An address that is no page. */
export const NoPage = () => <Gone title={t('gone.page')} text={t('gone.page.text')} />;
