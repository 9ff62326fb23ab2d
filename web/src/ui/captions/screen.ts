/** Which captions this viewer sees, and how; the choice is theirs alone and stays in this browser. */
import { captionFile } from '../../api/captions';
import { read, readJson, write } from '../../prefs';
import type { Caption, Item } from '../../protocol';
import type { OpenRoom } from '../../room';
import { readCues, type Cue } from './vtt';

export const SIZES = ['s', 'm', 'l', 'xl'] as const;
export const BACKGROUNDS = ['none', 'half', 'full'] as const;
export const PLACES = ['bottom', 'top'] as const;

export interface Look {
  readonly size: (typeof SIZES)[number];
  readonly background: (typeof BACKGROUNDS)[number];
  readonly place: (typeof PLACES)[number];
}

/** A track of the film, a file of one's own, or none. */
export type Choice = number | 'own' | 'off';

export interface ScreenState {
  readonly item: string | null;
  readonly tracks: readonly Caption[];
  readonly choice: Choice;
  readonly cues: readonly Cue[];
  readonly state: 'idle' | 'fetching' | 'failed';
  /** The name of the file of one's own. */
  readonly own: string | null;
  /** How much later the captions come than the file says, ms. */
  readonly delay: number;
  readonly look: Look;
}

/** Files larger than this hold no captions, bytes. */
export const LARGEST = 4 * 1024 * 1024;
const DELAY_MOST = 60_000;

const oneOf = <T extends string>(all: readonly T[], value: unknown, otherwise: T): T => all.find((one) => one === value) ?? otherwise;

function storedLook(): Look {
  const value = readJson('captions.look') as Partial<Record<keyof Look, unknown>> | null;
  return {
    size: oneOf(SIZES, value?.size, 'm'), background: oneOf(BACKGROUNDS, value?.background, 'half'), place: oneOf(PLACES, value?.place, 'bottom'),
  };
}

/** What tracks a film has; a server that does not count them has at most the linked one. */
export const tracksOf = (item: Item): readonly Caption[] =>
  item.captions ?? (item.subtitles === null ? [] : [{ track: 0, language: null, label: null }]);

/** The track that suits somebody who watched in that language last; else the first. */
export function firstChoice(tracks: readonly Caption[], language: string | null): Choice {
  const fits = tracks.find((one) => language !== null && one.language === language);
  return (fits ?? tracks[0])?.track ?? 'off';
}

export class Screen {
  #state: ScreenState = {
    item: null, tracks: [], choice: 'off', cues: [], state: 'idle', own: null, delay: 0, look: storedLook(),
  };
  #own: readonly Cue[] = [];
  #asked = 0;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly room: OpenRoom) {
    this.#take();
    room.store.listen(() => this.#take());
  }

  get state(): ScreenState {
    return this.#state;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Shows a track, one's own file, or nothing; remembered for the next film. */
  choose(choice: Choice): void {
    write('captions.on', choice === 'off' ? 'no' : 'yes');
    const language = this.#state.tracks.find((one) => one.track === choice)?.language ?? null;
    if (language !== null) write('captions.language', language);
    this.#show(choice);
  }

  /** On with what there is, or off. Answers whether there is anything. */
  toggle(): boolean {
    const { choice, own, tracks } = this.#state;
    if (choice !== 'off') this.choose('off');
    else if (own === null && tracks.length === 0) return false;
    else this.choose(own !== null ? 'own' : firstChoice(tracks, read('captions.language')));
    return true;
  }

  /** A file of this browser: nobody else sees it, and it is sent nowhere. Answers whether it holds captions. */
  async load(file: File): Promise<boolean> {
    if (file.size > LARGEST) return false;
    const cues = readCues(await textOf(file));
    if (cues.length === 0) return false;
    this.#own = cues;
    this.#set({ own: file.name, delay: 0 });
    this.#show('own');
    return true;
  }

  setDelay(delay: number): void {
    this.#set({ delay: Math.max(-DELAY_MOST, Math.min(DELAY_MOST, delay)) });
  }

  setLook(part: Partial<Look>): void {
    const look = { ...this.#state.look, ...part };
    write('captions.look', JSON.stringify(look));
    this.#set({ look });
  }

  #take(): void {
    const item = this.room.store.state.room?.current ?? null;
    const tracks = item === null ? [] : tracksOf(item);
    const changed = (item?.id ?? null) !== this.#state.item;
    const same = JSON.stringify(tracks) === JSON.stringify(this.#state.tracks);
    if (!changed && same) return;
    // One's own file was for the film before.
    if (changed) this.#own = [];
    this.#set({ item: item?.id ?? null, tracks, ...(changed ? { own: null, delay: 0 } : {}) });
    if (!changed && this.#state.choice === 'own') return;
    this.#show(read('captions.on') === 'yes' ? firstChoice(tracks, read('captions.language')) : 'off');
  }

  #show(choice: Choice): void {
    this.#asked += 1;
    const asked = this.#asked;
    const { item } = this.#state;
    if (choice === 'off' || choice === 'own' || item === null) {
      this.#set({ choice, cues: choice === 'own' ? this.#own : [], state: 'idle' });
      return;
    }
    this.#set({ choice, cues: [], state: 'fetching' });
    captionFile(this.room.id, item, choice).then(
      (file) => {
        if (asked === this.#asked) this.#set({ cues: readCues(file), state: 'idle' });
      },
      () => {
        if (asked === this.#asked) this.#set({ state: 'failed' });
      },
    );
  }

  #set(part: Partial<ScreenState>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Old SubRip files are not in UTF-8; what is not, is read as the encoding of Western Windows. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const screens = new WeakMap<OpenRoom, Screen>();

/** The one screen of a room. */
export function screenOf(room: OpenRoom): Screen {
  const known = screens.get(room);
  if (known !== undefined) return known;
  const made = new Screen(room);
  screens.set(room, made);
  return made;
}
