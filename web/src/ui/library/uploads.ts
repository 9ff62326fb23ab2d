/** The one uploader of this page, on the real server. */
import { begin, bring, end, progress } from './calls';
import { Uploader, type Task } from './uploader';

export const uploader = new Uploader({
  begin, bring, end, progress,
  local: () => performance.now(),
  wait: (ms) => new Promise((resolve) => {
    const timer = setTimeout(go, ms);
    // A line that is back need not be waited for.
    addEventListener('online', go);
    function go(): void {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    }
  }),
});

/** Leaving would break it off; the browser asks in its own words. */
addEventListener('beforeunload', (event) => {
  if (uploader.busy) event.preventDefault();
});

/** How much of what is on its way has arrived; `null` where nothing is. */
export function percent(tasks: readonly Task[]): number | null {
  const open = tasks.filter((task) => task.phase !== 'done' && task.phase !== 'failed');
  if (open.length === 0) return null;
  const all = open.reduce((sum, task) => sum + task.file.size, 0);
  const sent = open.reduce((sum, task) => sum + task.sent, 0);
  return all === 0 ? 0 : Math.floor((sent * 100) / all);
}
