import { describe, expect, it } from 'vitest';
import { streamAt } from '../src/players/stream';
import { announced } from '../src/ui/stage/announced';
import { item } from './frames';

const FRAME = 'https://www.youtube.com/embed/eRsGyueVLvQ?start=90';
const ROOM = { current: null, schedule: { status: 'live', start: null, end: null }, embed_url: FRAME, stream_embed_url: null } as const;

describe('a stream that a room announces', () => {
  it('is shown while the room is open and nothing else is on', () => {
    expect(announced(ROOM)).toBe(FRAME);
    expect(announced({ ...ROOM, embed_url: null, stream_embed_url: 'https://player.vimeo.com/video/1' })).toBe('https://player.vimeo.com/video/1');
    expect(announced({ ...ROOM, schedule: { ...ROOM.schedule, status: 'record' } })).toBe(FRAME);
    expect(announced({ ...ROOM, current: item('a') })).toBeNull();
    for (const status of ['soon', 'ended', 'disabled'] as const) {
      expect(announced({ ...ROOM, schedule: { ...ROOM.schedule, status } }), status).toBeNull();
    }
    expect(announced({ ...ROOM, embed_url: null })).toBeNull();
    expect(announced(null)).toBeNull();
  });

  it('is framed by the origins that the page may frame, and by no other', () => {
    expect(streamAt(FRAME)).toMatchObject({ src: 'https://www.youtube-nocookie.com/embed/eRsGyueVLvQ?start=90', key: 'youtube', company: 'Google' });
    expect(streamAt('https://player.vimeo.com/video/1?h=ab#t=90s')).toMatchObject({ src: 'https://player.vimeo.com/video/1?h=ab#t=90s', key: 'vimeo' });
    expect(streamAt('https://vimeo.com/event/1/embed')?.key).toBe('vimeo');
    expect(streamAt('https://player.kick.com/some-body')?.site).toBe('Kick');
    expect(streamAt('https://www.facebook.com/plugins/video.php?href=x&show_text=false')?.company).toBe('Meta');
    for (const none of ['https://evil.example/embed', 'http://player.vimeo.com/video/1', 'javascript:alert(1)', 'nothing']) {
      expect(streamAt(none), none).toBeNull();
    }
  });

  it('of Twitch plays on the host that shows it', () => {
    const src = streamAt('https://player.twitch.tv/?channel=somebody&parent=other.example')?.src ?? '';
    expect(new URL(src).searchParams.getAll('parent')).toEqual([location.hostname]);
    expect(new URL(src).searchParams.get('channel')).toBe('somebody');
  });
});
