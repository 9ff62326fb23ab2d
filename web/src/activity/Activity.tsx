/** The whole page in Discord's frame: the way in, then the room. */
import { useEffect, useState } from 'preact/hooks';
import { sentence } from '../room';
import { Refused } from '../session';
import { t } from '../words';
import '../words/later';
import { Spinner } from '../ui/parts';
import { Card } from '../ui/Card';
import { RoomPage } from '../ui/room/RoomPage';
import { boot } from './boot';
import { inDiscord, onLayout } from './client';
import { enter } from './enter';

type State =
  | { readonly kind: 'coming' }
  | { readonly kind: 'in'; readonly room: string }
  | { readonly kind: 'out'; readonly title: string; readonly text: string };

const out = (title: string, text: string): State => ({ kind: 'out', title, text });

async function begin(): Promise<State> {
  if (!inDiscord()) return out(t('activity.outside'), t('activity.outside.text'));
  if (boot.application === null) return out(t('activity.shut'), t('activity.silent.server'));
  try {
    const { room } = await enter(boot.application);
    onLayout((layout) => {
      document.documentElement.dataset['layout'] = layout;
    }).catch(() => undefined);
    return { kind: 'in', room };
  } catch (error) {
    const code = error instanceof Refused ? error.code : '';
    if (code === 'discord_denied') return out(t('activity.denied'), t('activity.denied.text'));
    if (code === 'discord_silent') return out(t('activity.shut'), t('activity.silent'));
    return out(t('activity.shut'), sentence(error));
  }
}

export function Activity() {
  const [state, setState] = useState<State>({ kind: 'coming' });
  useEffect(() => {
    void begin().then(setState);
  }, []);
  if (state.kind === 'in') return <RoomPage id={state.room} />;
  if (state.kind === 'coming') {
    return (
      <div class="joinpage">
        <Spinner />
        <p class="t2" role="status">{t('activity.coming')}</p>
      </div>
    );
  }
  return (
    <Card heads={0} picture={null} above={t('product')} title={state.title}>
      <p class="t2 gone" role="alert">{state.text}</p>
      {inDiscord() && <button class="btn btn--primary btn--lg j-go" type="button" onClick={() => location.reload()}>{t('gone.again')}</button>}
      <a class="btn j-go" href={`${boot.home}/`}>{t(inDiscord() ? 'activity.browser' : 'gone.home')}</a>
    </Card>
  );
}
