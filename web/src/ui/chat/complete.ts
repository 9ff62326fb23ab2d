/** What a line that is being written could become: commands, their arguments, and names. Pure. */
import type { SlashCommand } from '../../api/commands';
import { leastFor, mayAs, type Permission } from '../../rights';
import { label, type Item, type Role, type Room } from '../../protocol';

export interface Option {
  readonly id: string;
  /** What is written once it is chosen: the whole line. */
  readonly line: string;
  /** The part in front: the command, a name, a number. */
  readonly word: string;
  /** What else belongs behind it, as a hint. */
  readonly rest: string;
  /** What it does, or what it is. */
  readonly what: string;
  /** Who may, where this person may not. */
  readonly lockedFor: Role | null;
  /** Nothing more is to be written. */
  readonly whole: boolean;
}

export interface Completion {
  readonly kind: 'command' | 'argument' | 'name';
  readonly options: readonly Option[];
  /** The command whose arguments are being written: all of its usage, and which of its words is next. */
  readonly usage: { readonly name: string; readonly words: readonly string[]; readonly next: number } | null;
}

interface Somebody {
  readonly person: string;
  readonly name: string;
}

export interface Known {
  readonly commands: readonly SlashCommand[];
  /** Who is here, and who has a role. */
  readonly people: readonly Somebody[];
  readonly queue: readonly Pick<Item, 'id' | 'url' | 'title'>[];
  readonly room: Pick<Room, 'grants'>;
  readonly role: Role;
}

const NONE: Completion = { kind: 'command', options: [], usage: null };
const SHOWN = 8;

/** What a command needs, by the names of `grants`; commands that everybody has are not named. */
const NEEDS: Readonly<Record<string, Permission>> = {
  'watch': 'add', 'queue add': 'add', 'queue next': 'order', 'queue remove': 'remove', 'queue move': 'order', 'queue shuffle': 'order',
  'queue clear': 'remove', 'queue import': 'add', 'play': 'playback', 'pause': 'playback', 'seek': 'seek', 'forward': 'seek',
  'rewind': 'seek', 'skip': 'skip', 'back': 'skip', 'speed': 'rate', 'vote': 'vote', 'playlist save': 'add', 'playlist load': 'add',
  'playlist delete': 'add', 'role': 'promote_trusted', 'kick': 'kick', 'ban': 'ban', 'unban': 'ban', 'schedule': 'schedule', 'end': 'end',
};

/** What an argument may be, by its name in the usage. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  ROLE: ['guest', 'trusted', 'moderator', 'cohost', 'host'],
  MODE: ['manual', 'vote', 'loop', 'dj', 'fair'],
  SPEED: ['0.5', '0.75', '1', '1.25', '1.5', '2'],
  FORM: ['links', 'json'],
};

/** The words of a usage line behind the command's own name: `/role PERSON ROLE` has two. */
export function usageWords(command: SlashCommand): readonly string[] {
  const rest = command.usage.replace(/^\//, '');
  const own = rest.startsWith(command.name) ? rest.slice(command.name.length) : rest;
  return own.trim() === '' ? [] : own.trim().split(/\s+/);
}

/** A word of a usage line without its brackets: `[COUNT]` is `COUNT`. */
const bare = (word: string): string => word.replace(/[[\]]/g, '');

const quoted = (name: string): string => (/\s/.test(name) ? `"@${name}"` : `@${name}`);

/** The words of a line, with how far each reaches; quotes hold several together. */
function wordsOf(text: string): { readonly done: readonly string[]; readonly last: string; readonly start: number } {
  const found = [...text.matchAll(/"[^"]*"?|\S+/g)];
  const last = found.at(-1);
  const open = last !== undefined && last.index + last[0].length === text.length && !/^".*"$/.test(last[0]);
  const done = (open ? found.slice(0, -1) : found).map((match) => match[0]);
  return { done, last: open ? last[0] : '', start: open ? last.index : text.length };
}

function commandOptions(typed: string, known: Known): readonly Option[] {
  const wanted = typed.toLowerCase();
  const fits = (command: SlashCommand): number => {
    if (command.name.startsWith(wanted)) return 0;
    return command.name.split(' ').some((word) => wanted !== '' && word.startsWith(wanted)) ? 1 : 2;
  };
  return known.commands
    .map((command, index) => ({ command, index, rank: fits(command) }))
    .filter(({ rank }) => rank < 2)
    .sort((one, other) => one.rank - other.rank || one.index - other.index)
    .slice(0, SHOWN)
    .map(({ command }) => {
      const words = usageWords(command);
      const needs = NEEDS[command.name];
      const locked = needs !== undefined && !mayAs(known.room.grants, known.role, needs);
      return {
        id: command.name, line: `/${command.name}${words.length === 0 ? '' : ' '}`, word: `/${command.name}`, rest: words.join(' '),
        what: command.description, lockedFor: locked ? leastFor(known.room.grants, needs) : null, whole: words.length === 0,
      };
    });
}

function peopleOptions(typed: string, before: string, people: readonly Somebody[]): readonly Option[] {
  const wanted = typed.replace(/^"?@?/, '').toLowerCase();
  return people
    .filter((one) => one.name.toLowerCase().startsWith(wanted))
    .slice(0, SHOWN)
    .map((one) => ({
      id: one.person, line: `${before}${quoted(one.name)} `, word: `@${one.name}`, rest: '', what: '', lockedFor: null, whole: false,
    }));
}

function argumentOptions(kind: string, typed: string, before: string, known: Known): readonly Option[] {
  const plain = (word: string, what = ''): Option =>
    ({ id: word, line: `${before}${word} `, word, rest: '', what, lockedFor: null, whole: false });
  if (kind === 'PERSON') return peopleOptions(typed, before, known.people);
  if (kind === 'ITEM') {
    const wanted = typed.toLowerCase();
    return known.queue
      .map((item, index) => ({ number: String(index + 1), title: label(item) }))
      .filter(({ number, title }) => number.startsWith(wanted) || title.toLowerCase().includes(wanted))
      .slice(0, SHOWN)
      .map(({ number, title }) => plain(number, title));
  }
  return (CHOICES[kind] ?? []).filter((choice) => choice.startsWith(typed.toLowerCase())).map((choice) => plain(choice));
}

/** What fits behind what is written so far; nothing where nothing does. */
export function complete(text: string, known: Known): Completion {
  if (!text.startsWith('/')) {
    const at = /(?:^|\s)(@[^\s@]{0,40})$/.exec(text)?.[1];
    if (at === undefined) return NONE;
    const before = text.slice(0, text.length - at.length);
    // A line is read by people: no quotes.
    const options = peopleOptions(at, before, known.people).map((one) => ({ ...one, line: `${before}${one.word} ` }));
    return { kind: 'name', options, usage: null };
  }
  const typed = text.slice(1);
  const command = known.commands
    .filter((one) => typed.toLowerCase().startsWith(`${one.name} `))
    .sort((one, other) => other.name.length - one.name.length)[0];
  if (command === undefined) return { kind: 'command', options: commandOptions(typed.trimStart(), known), usage: null };
  const words = usageWords(command);
  const behind = text.slice(command.name.length + 2);
  const { done, last, start } = wordsOf(behind);
  const places = words.filter((word) => !word.includes(':'));
  const index = Math.min(done.length, Math.max(0, places.length - 1));
  const next = done.length < places.length ? places[done.length] : undefined;
  const before = text.slice(0, command.name.length + 2 + start);
  const options = next === undefined ? [] : argumentOptions(bare(next), last, before, known);
  // What is written already needs no offer.
  const offers = options.length === 1 && options[0]?.line.trim() === text.trim() ? [] : options;
  return { kind: 'argument', options: offers, usage: words.length === 0 ? null : { name: command.name, words, next: words.indexOf(places[index] ?? '') } };
}
