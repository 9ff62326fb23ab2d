/** A file on its way: how far it is, and what can be done about it. */
import { sentence } from '../../room';
import { clockText, t } from '../../words';
import { Icon } from '../Icon';
import { sizeText } from './texts';
import type { Task } from './uploader';
import { uploader } from './uploads';
import '../../words/later';

function told(task: Task): string {
  const fill = { sent: sizeText(task.sent), all: sizeText(task.file.size) };
  switch (task.phase) {
    case 'queued': return t('upload.queued');
    case 'sending': {
      if (task.speed === null || task.speed <= 0) return t('upload.sent', fill);
      return t('upload.rest', { ...fill, time: clockText(((task.file.size - task.sent) * 1000) / task.speed) });
    }
    case 'waiting': return t('upload.waiting', fill);
    case 'checking': return t('upload.checking');
    case 'done': return t(task.film === null ? 'upload.done_subtitles' : 'upload.done');
    case 'failed': return sentence(task.why);
  }
}

export function UploadRow({ task, gone }: { readonly task: Task; readonly gone: () => void }) {
  const { name } = task.file;
  const ended = task.phase === 'done' || task.phase === 'failed';
  const percent = task.file.size === 0 ? 0 : Math.floor((task.sent * 100) / task.file.size);
  const icon = task.phase === 'done' ? 'check' : task.phase === 'failed' ? 'alert' : task.phase === 'waiting' ? 'offline' : 'upload';
  return (
    <li class={`up up--${task.phase}`}>
      <Icon name={icon} />
      <span class="grow">
        <b class="clip block" dir="auto">{name}</b>
        <span class="t13 t2 num block">{told(task)}</span>
        {!ended && (
          <progress class="up-bar" max={100} value={percent} aria-label={t('upload.progress', { name, percent })} />
        )}
      </span>
      {task.phase === 'failed' && task.why?.code !== 'not_playable' && (
        <button class="btn btn--sm" type="button" onClick={() => uploader.retry(task.key)}>{t('upload.retry')}</button>
      )}
      <button
        class="icon-btn" type="button"
        onClick={() => {
          void uploader.cancel(task.key);
          gone();
        }}
        aria-label={t(ended ? 'upload.dismiss' : 'upload.cancel', { name })} title={t(ended ? 'upload.dismiss' : 'upload.cancel', { name })}
      >
        <Icon name="x" />
      </button>
    </li>
  );
}
