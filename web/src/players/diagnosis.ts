/** Why a source did not play, asked of the source itself: browsers tell pages little of it. */
import type { Failure } from './port';

/** What a status of the source means. */
export function ofStatus(status: number): Failure {
  if (status === 404 || status === 410) return 'not_found';
  if (status === 401 || status === 403 || status === 451) return 'refused';
  return status >= 400 ? 'unreachable' : 'unplayable';
}

/**
 * Asks the source as this page may. One that answers only where its answer may not be read is `closed`: for what a script has to
 * read that is the reason, for a media element it is none.
 */
export async function diagnose(url: string, closed: Failure): Promise<Failure> {
  const signal = AbortSignal.timeout(5000);
  try {
    const answer = await fetch(url, { method: 'HEAD', signal, credentials: 'omit' });
    // Some hosts know no HEAD: that says nothing.
    return answer.status === 405 || answer.status === 501 ? closed : ofStatus(answer.status);
  } catch {
    // No answer, or one that this page may not read: without reading it the difference shows.
  }
  try {
    await fetch(url, { method: 'HEAD', mode: 'no-cors', signal, credentials: 'omit' });
    return closed;
  } catch {
    return 'unreachable';
  }
}
