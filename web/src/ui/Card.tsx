/** A card in the middle of an empty page: join, sign in, or a sentence about why not. */
import '../styles/card.css';
import type { ComponentChildren } from 'preact';
import { t } from '../words';
import { Couch } from './Couch';
import { Logo } from './Icon';
import '../words/later';

interface Props {
  readonly heads: number;
  readonly picture: string | null;
  readonly above: string;
  readonly title: string;
  readonly children: ComponentChildren;
  /** What stands below, where it is not what this host keeps of one. */
  readonly foot?: string;
}

export function Card({ heads, picture, above, title, children, foot }: Props) {
  return (
    <div class="joinpage">
      {picture !== null && <div class="ambient" aria-hidden="true"><img src={picture} alt="" referrerpolicy="no-referrer" /></div>}
      <main class="join">
        <div class="j-screen on-film">
          <img src={picture ?? '/dusk.svg'} alt="" referrerpolicy="no-referrer" />
          <Couch heads={heads} seat />
        </div>
        <div class="j-body">
          <p class="t13 t2 hstack"><a href="/" aria-label={t('home')}><Logo small /></a><span>{above}</span></p>
          <h1 dir="auto">{title}</h1>
          {children}
        </div>
      </main>
      <footer class="j-foot t12 t2">{foot ?? t('join.foot', { host: location.host })}</footer>
    </div>
  );
}
