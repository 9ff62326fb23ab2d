/** Where the viewer starts. */
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/stage.css';
import './styles/room.css';
import { App } from './ui/App';
import { installIcons } from './ui/Icon';
import { speak, wanted } from './words';

const root = document.getElementById('app');
if (root !== null) {
  // Without icons every button still has its name.
  installIcons().catch(() => undefined);
  void speak(wanted(), false).then(() => render(<App />, root));
  // Neither beside a developer's server nor inside another program, framed or not, and not before the page has what it needs.
  if (import.meta.env.PROD && window.top === window && location.pathname !== '/tg' && 'serviceWorker' in navigator) {
    addEventListener('load', () => setTimeout(() => void navigator.serviceWorker.register('/sw.js').catch(() => undefined), 3000));
  }
}
