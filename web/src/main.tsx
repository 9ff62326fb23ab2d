/** Where the viewer starts. */
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/stage.css';
import './styles/room.css';
import './styles/card.css';
import { App } from './ui/App';
import { installIcons } from './ui/Icon';

const root = document.getElementById('app');
if (root !== null) {
  // Without icons every button still has its name.
  installIcons().catch(() => undefined);
  render(<App />, root);
}
