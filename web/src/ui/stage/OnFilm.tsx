/** All that lies over the film: what was done, what holds it, captions, reactions, banners, controls. Comes when the film is asked for. */
import '../../styles/onfilm.css';
import { Captions } from '../captions/Captions';
import { Controls } from './Controls';
import { NoticeBox } from './NoticeBox';
import { Overlay } from './Overlay';
import { Reconnecting } from './Reconnecting';
import { Rising } from './Rising';
import type { Layout } from './Stage';
import { UnderPlayer } from './UnderPlayer';
import { WhoDidIt } from './WhoDidIt';
import '../../words/later';

interface Props {
  /** The player is somebody else's page, over which nothing may lie. */
  readonly own: boolean;
  readonly controls: boolean;
  readonly layout: Layout;
}

export function OnFilm({ own, controls, layout }: Props) {
  if (own) return <Overlay />;
  return (
    <>
      {controls && <Captions />}
      <Rising />
      <WhoDidIt />
      <Overlay />
      <NoticeBox />
      <Reconnecting />
      {controls && <Controls layout={layout} />}
    </>
  );
}

/** The same below a player that lets nothing lie over it. */
export function Banners({ controls, layout }: Omit<Props, 'own'>) {
  return (
    <div class={`under-own on-film ${controls ? '' : 'under-own--bare'}`}>
      <UnderPlayer />
      <Reconnecting />
      <NoticeBox />
      <WhoDidIt />
      {controls && <Controls layout={layout} />}
    </div>
  );
}
