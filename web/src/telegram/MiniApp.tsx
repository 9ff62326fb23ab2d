/** The Mini App: finds out who opens it and where their link leads, then gives way to the page that it leads to. */
import { useEffect, useState } from 'preact/hooks';
import { sentence } from '../room';
import { Refused } from '../session';
import { Card } from '../ui/Card';
import { Gone } from '../ui/Gone';
import { later } from '../ui/Later';
import { Spinner } from '../ui/parts';
import { t } from '../words';
import '../words/later';
import { install } from './frame';
import { goesOn, open, type NotIn } from './session';
import './telegram.css';
import { follow } from './theme';
import { initData, startParam, webApp } from './web-app';

const RoomPassword = later(() => import('../ui/join/RoomPassword').then((part) => part.RoomPassword));

type State =
  | { readonly is: 'opening' }
  /** Telegram's word did not count, or nobody heard it. */
  | { readonly is: 'refused'; readonly text: string; readonly offline: boolean }
  /** One is somebody, but not let in. */
  | { readonly is: 'not_in'; readonly no: NotIn; readonly invite: string };

/** Once for as long as the page is there. */
let installed = false;

export function MiniApp({ go }: { readonly go: (path: string) => void }) {
  const [state, setState] = useState<State>({ is: 'opening' });
  const app = webApp();
  const enter = (room: string): void => go(`/r/${encodeURIComponent(room)}`);
  /** As in any browser: by name. */
  const byName = (): void => {
    const start = startParam();
    go(start === null ? '/' : `/j/${start}`);
  };
  const come = async (): Promise<void> => {
    const said = initData();
    const known = await goesOn(said);
    if (said !== '') document.documentElement.classList.toggle('tg-known', known);
    // Loaded again: where one was, else where the link leads.
    if (known && typeof history.state === 'string') go(history.state);
    else if (known || said === '') byName();
    else {
      const { room, invite, refused } = await open(said);
      document.documentElement.classList.add('tg-known');
      if (refused !== null) setState({ is: 'not_in', no: refused, invite: invite ?? '' });
      else if (room !== null) enter(room);
      else go('/');
    }
  };
  const begin = (): void => {
    setState({ is: 'opening' });
    come().catch((error: unknown) => setState({ is: 'refused', text: sentence(error), offline: error instanceof Refused && error.code === 'offline' }));
  };
  useEffect(() => {
    if (app !== null && !installed) {
      installed = true;
      follow(app);
      install(app, go);
    }
    begin();
  }, []);

  switch (state.is) {
    case 'opening':
      return <div class="joinpage"><Spinner /><p class="t2" role="status">{t('telegram.opening')}</p></div>;
    case 'not_in':
      if (state.no.code !== 'room_password_needed') return <Gone title={t('gone.invite')} text={state.no.message} />;
      return (
        <Card heads={0} picture={null} above={t('product')} title={t('telegram.password')}>
          <RoomPassword room={state.invite} enter={enter} />
        </Card>
      );
    case 'refused':
      return (
        <Card heads={0} picture={null} above={t('product')} title={t(state.offline ? 'telegram.failed' : 'telegram.refused')}>
          <p class="t2 gone" role="alert">{state.text}</p>
          <div class="tg-more">
            {state.offline && <button class="btn btn--primary btn--lg" type="button" onClick={begin}>{t('telegram.again')}</button>}
            {!state.offline && app !== null && <button class="btn btn--primary btn--lg" type="button" onClick={() => app.close()}>{t('telegram.close')}</button>}
            <button class="btn btn--lg" type="button" onClick={byName}>{t('telegram.by_name')}</button>
          </div>
        </Card>
      );
  }
}
