/** A reaction as it is drawn: the six that stand ready are icons of the page, all others are what the reader's system draws. */
import { has, t } from '../../words';
import { Icon, type IconName } from '../Icon';
import '../../words/later';

/** The six that are one press away, and their icons. */
export const READY: readonly (readonly [string, IconName])[] = [
  ['❤️', 'heart'], ['😂', 'laugh'], ['😮', 'wow'], ['😢', 'sad'], ['👏', 'clap'], ['🔥', 'fire'],
];
/** A few more, behind one more press. */
export const MORE: readonly string[] = ['👍', '👎', '🎉', '😍', '😱', '🤔', '😴', '🍿', '👀', '💯', '🙈', '✨'];

const ICONS = new Map<string, IconName>(READY);
/** Chats send some of them without the mark that asks for the coloured form. */
const bare = (emoji: string): string => emoji.replaceAll('\uFE0F', '');
const BARE = new Map(READY.map(([emoji, icon]) => [bare(emoji), icon]));

export const iconOf = (emoji: string): IconName | undefined => ICONS.get(emoji) ?? BARE.get(bare(emoji));

/** What a reaction is called: a word of the page where it knows one, else the picture itself, which readers name. */
export function emojiName(emoji: string): string {
  const icon = iconOf(emoji);
  const key = `emoji.${icon ?? emoji}`;
  return has(key) ? t(key) : emoji;
}

export function Emoji({ emoji, silent }: { readonly emoji: string; readonly silent?: boolean }) {
  const icon = iconOf(emoji);
  return (
    <>
      {icon === undefined ? <span class="emoji" aria-hidden="true">{emoji}</span> : <span class={`emoji emoji--${icon}`}><Icon name={icon} /></span>}
      {silent !== true && <span class="vh">{emojiName(emoji)}</span>}
    </>
  );
}
