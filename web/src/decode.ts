/** The door by which frames come in: what is none of ours, or not whole, stays outside. */
import type { EventFrame, ServerFrame } from './protocol';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const numbers = (frame: Json, ...names: string[]): boolean => names.every((name) => typeof frame[name] === 'number');
const texts = (frame: Json, ...names: string[]): boolean => names.every((name) => typeof frame[name] === 'string');

const isPlayback = (value: unknown): boolean =>
  isObject(value) && numbers(value, 'position_ms', 'rate', 'at') && typeof value['playing'] === 'boolean';

const isMedia = (value: unknown): boolean => isObject(value) && texts(value, 'url', 'player');

const isItem = (value: unknown): boolean => isMedia(value) && texts(value as Json, 'id');

const isYou = (value: unknown): boolean => isObject(value) && numbers(value, 'connection') && texts(value, 'person', 'name');

const isDeedOf = (value: unknown): boolean => isObject(value) && texts(value, 'do');

const LISTS = ['queue', 'shelf', 'proposals', 'undo', 'members', 'mutes', 'here', 'chat'] as const;

const isRoom = (value: unknown): boolean =>
  isObject(value) &&
  texts(value, 'id', 'title') &&
  numbers(value, 'epoch', 'seq', 'others') &&
  isPlayback(value['playback']) &&
  LISTS.every((name) => Array.isArray(value[name])) &&
  isObject(value['votes']) && isObject(value['schedule']) && isObject(value['tally']);

function isEvent(frame: Json): boolean {
  if (!numbers(frame, 'epoch', 'seq', 's', 'at')) return false;
  switch (frame['kind']) {
    case 'playback': return isPlayback(frame['playback']) && texts(frame, 'cause');
    case 'played': return isItem(frame['item']);
    case 'added': return Array.isArray(frame['items']) && frame['items'].every(isItem) && numbers(frame, 'index');
    case 'removed': return texts(frame, 'item');
    case 'moved': return texts(frame, 'item') && numbers(frame, 'index');
    case 'reordered': return Array.isArray(frame['items']);
    case 'shelved': return numbers(frame, 'position_ms');
    case 'item_changed': return isItem(frame['item']);
    case 'voted': return texts(frame, 'item', 'person');
    case 'proposed': return isDeedOf(frame['what']) && numbers(frame, 'until');
    case 'balloted': return numbers(frame, 'proposal') && texts(frame, 'person');
    case 'decided': return numbers(frame, 'proposal') && texts(frame, 'verdict');
    case 'said': return texts(frame, 'id', 'text');
    case 'erased': return numbers(frame, 'line');
    case 'reworded': return numbers(frame, 'line') && texts(frame, 'text');
    case 'reacted': return texts(frame, 'emoji');
    case 'role_changed': return texts(frame, 'person', 'name', 'role');
    case 'kicked':
    case 'banned':
    case 'muted':
    case 'coming': return texts(frame, 'person', 'name');
    case 'unbanned':
    case 'unmuted':
    case 'forgotten': return texts(frame, 'person');
    case 'invite_renewed': return texts(frame, 'invite', 'code');
    case 'status_changed': return texts(frame, 'status');
    // A kind that a newer server has is an event all the same: its number counts.
    default: return typeof frame['kind'] === 'string';
  }
}

const shapes: Record<string, (frame: Json) => boolean> = {
  welcome: (frame) => numbers(frame, 's') && isYou(frame['you']) && isRoom(frame['room']),
  snapshot: (frame) => numbers(frame, 's') && isRoom(frame['room']),
  event: isEvent,
  presence: (frame) => Array.isArray(frame['here']) && Array.isArray(frame['gone']) && numbers(frame, 'others'),
  typing: (frame) => isObject(frame['by']),
  you: (frame) => numbers(frame, 's') && isYou(frame['you']),
  announcement: (frame) => numbers(frame, 's') && texts(frame, 'text'),
  pong: (frame) => numbers(frame, 'c', 's', 'epoch', 'seq'),
  ack: (frame) => texts(frame, 'id'),
  refused: (frame) => texts(frame, 'code', 'message'),
  reply: (frame) => texts(frame, 'id', 'text'),
  resumed: (frame) => numbers(frame, 'epoch', 'seq', 'others') && isYou(frame['you']) && Array.isArray(frame['here']),
};

/** An event as the audit tells it: without the frame around it. */
export function decodeEvent(entry: Json): EventFrame | null {
  const frame = { type: 'event', epoch: 0, s: 0, ...entry };
  return isEvent(frame) ? (frame as unknown as EventFrame) : null;
}

/** Reads one text frame; `null` where it is none of ours, so that a newer server may say more than we know. */
export function decode(text: string): ServerFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(frame) || typeof frame['type'] !== 'string') return null;
  const shape = Object.hasOwn(shapes, frame['type']) ? shapes[frame['type']] : undefined;
  return shape?.(frame) === true ? (frame as unknown as ServerFrame) : null;
}
