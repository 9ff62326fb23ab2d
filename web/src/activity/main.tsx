/** Where the viewer starts in Discord's frame. Everything is in one document, because a frame may have no origin to load from. */
import { render } from 'preact';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/stage.css';
import '../styles/room.css';
import './activity.css';
import sprite from '../ui/icons.svg?raw';
import { putIcons } from '../ui/Icon';
import { Activity } from './Activity';
import { openOutside } from './client';

// A frame may not open windows by itself: every link goes through Discord, which asks the person.
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  const href = link?.getAttribute('href') ?? '#';
  if (event.defaultPrevented || href.startsWith('#')) return;
  event.preventDefault();
  openOutside(href);
});

// Where a policy knows no inline styles, their text is a sheet all the same.
const styles = document.querySelector('style');
if (styles !== null && styles.sheet === null) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles.textContent);
  document.adoptedStyleSheets = [sheet];
}

const root = document.getElementById('app');
if (root !== null) {
  putIcons(sprite);
  render(<Activity />, root);
}
