/** Which page an address is. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../words';
import { Gone } from './Gone';
import { JoinPage } from './JoinPage';
import { later } from './Later';
import { RoomPage } from './RoomPage';

const Recover = later(() => import('./Recover').then((part) => part.Recover));
const Landing = later(() => import('./Landing').then((part) => part.Landing));

export function App() {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const moved = (): void => setPath(location.pathname);
    window.addEventListener('popstate', moved);
    return () => window.removeEventListener('popstate', moved);
  }, []);
  const go = (to: string): void => {
    history.pushState(null, '', to);
    setPath(location.pathname);
  };
  const [, kind, name] = /^\/(j|r)\/([^/]+)\/?$/.exec(path) ?? [];
  if (kind === 'r' && name !== undefined) return <RoomPage key={name} id={decodeURIComponent(name)} />;
  if (kind === 'j' && name !== undefined) {
    const enter = (room: string): void => {
      // The token leaves the address, so that it stands in no Referer and no history.
      history.replaceState(null, '', `/r/${encodeURIComponent(room)}`);
      setPath(location.pathname);
    };
    return <JoinPage token={decodeURIComponent(name)} enter={enter} />;
  }
  if (path === '/recover') return <Recover />;
  if (path !== '/') return <Gone title={t('gone.page')} text={t('gone.page.text')} />;
  return <Landing go={go} />;
}
