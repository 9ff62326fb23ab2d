/** What steers the room beside the buttons on it: the keyboard, headsets and lock screens, the device. Comes later, draws nothing. */
import { useRoom } from '../hooks';
import { useBackgroundHint, useKeyboardRoom, useWakeLock } from './device';
import { useKeys, type Deeds } from './keys';
import { useMediaSession } from './mediaSession';
import '../../words/later';

export function Remote(deeds: Deeds) {
  const room = useRoom();
  useKeys(room, deeds);
  useMediaSession(room);
  useWakeLock(room);
  useKeyboardRoom();
  useBackgroundHint(room);
  return null;
}
