/** Which page an address is. */
import { useEffect, useState } from 'preact/hooks';
import { language } from '../words';
import { useWatch } from './hooks';
import { later } from './Later';
import { RoomPage } from './room/RoomPage';

const NoPage = later(() => import('./Gone').then((part) => part.NoPage));
const JoinPage = later(() => import('./join/JoinPage').then((part) => part.JoinPage));
const Recover = later(() => import('./landing/Recover').then((part) => part.Recover));
const Landing = later(() => import('./landing/Landing').then((part) => part.Landing));
const Operator = later(() => import('../operator/OperatorPage').then((part) => part.OperatorPage));
const MiniApp = later(() => import('../telegram/MiniApp').then((part) => part.MiniApp));

export function App() {
  // Another language: everything is drawn again, and nothing is opened again.
  useWatch(language, () => language.current);
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const moved = (): void => setPath(location.pathname);
    window.addEventListener('popstate', moved);
    return () => window.removeEventListener('popstate', moved);
  }, []);
  const go = (to: string, how: 'pushState' | 'replaceState' = 'pushState'): void => {
    // Telegram may show the one page only: there the address stays, and the window remembers for when it is loaded again.
    if (location.pathname === '/tg') history.replaceState(to, '');
    else history[how](null, '', to);
    setPath(to.replace(/\?.*/, ''));
  };
  const [, kind, name] = /^\/(j|r)\/([^/]+)\/?$/.exec(path) ?? [];
  if (kind === 'r' && name !== undefined) return <RoomPage key={name} id={decodeURIComponent(name)} />;
  if (kind === 'j' && name !== undefined) {
    // The token leaves the address, so that it stands in no Referer and no history.
    const enter = (room: string, chatOnly: boolean): void =>
      go(`/r/${encodeURIComponent(room)}${chatOnly ? '?chat' : ''}`, 'replaceState');
    return <JoinPage token={decodeURIComponent(name)} enter={enter} />;
  }
  if (path === '/tg') return <MiniApp go={go} />;
  if (path === '/recover') return <Recover />;
  if (path === '/operator') return <Operator />;
  if (path !== '/') return <NoPage />;
  return <Landing go={go} />;
}
