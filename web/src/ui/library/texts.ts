/** Sizes and tracks in words. */
import { t } from '../../words';
import type { Film } from './calls';
import '../../words/later';

/** `980 kB`, `158 MB`, `4.7 GB`: as disks and limits count, by thousands. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return t('unit.gb', { n: Number((bytes / 1e9).toFixed(1)) });
  if (bytes >= 1e6) return t('unit.mb', { n: Math.round(bytes / 1e6) });
  return t('unit.kb', { n: Math.max(1, Math.round(bytes / 1e3)) });
}

/** What subtitles a film has, if any. */
export function captionsText(film: Film): string | null {
  if (film.captions.length === 0) return null;
  const known = film.captions.flatMap((track) => (track.language === null ? [] : [track.language]));
  if (known.length === 0) return t('library.subtitles_unnamed');
  return t('library.subtitles', { languages: [...new Set(known)].join(', ') });
}

/** What may be brought, for the chooser of files. */
export const ACCEPTED = '.mp4,.m4v,.mov,.webm,.mkv,.ogv,.mp3,.m4a,.aac,.ogg,.oga,.opus,.wav,.flac,.srt,.vtt';

export const isAccepted = (name: string): boolean => ACCEPTED.split(',').some((ending) => name.toLowerCase().endsWith(ending));
