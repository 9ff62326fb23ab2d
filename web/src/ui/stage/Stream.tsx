/** The stream that a room announces, while nothing else is on. It comes from somebody else's site, so it asks first. */
import { useState } from 'preact/hooks';
import { streamAt } from '../../players/stream';
import * as prefs from '../../prefs';
import type { Room } from '../../protocol';
import { t } from '../../words';
import { useWatch } from '../hooks';
import { Icon } from '../Icon';
import '../../words/later';

/** The sandbox of every frame of ours: it may run its scripts as its own origin, and may not touch this page. */
const SANDBOX = 'allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox';

export function Stream({ link, title }: { readonly link: string; readonly title: Room['title'] }) {
  const stream = streamAt(link);
  // Where nothing may be remembered it holds for this page.
  const [agreed, setAgreed] = useState<string | null>(null);
  const given = useWatch(prefs.consent, () => stream !== null && prefs.consent.given(stream.key));
  if (stream === null) return null;
  const { src, key, site, company } = stream;
  if (given || agreed === key) {
    return (
      <iframe
        key={src} class="film film--frame film--stream" src={src} title={t('stream.title', { title })} sandbox={SANDBOX}
        allow="autoplay; encrypted-media; fullscreen; picture-in-picture" referrerpolicy="strict-origin-when-cross-origin"
      />
    );
  }
  const agree = (): void => {
    prefs.consent.give(key);
    setAgreed(key);
  };
  return (
    <div class="veil veil--deep">
      <Icon name="external" size={24} />
      <h3>{t('stream.consent', { site })}</h3>
      <p>{t('overlay.consent.text', { company })}</p>
      <button class="btn btn--primary" type="button" data-first onClick={agree}>
        {t('overlay.consent.load', { site })}
      </button>
    </div>
  );
}
