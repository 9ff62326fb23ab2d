import { describe, expect, it } from 'vitest';
import { firstChoice, tracksOf } from '../src/ui/captions/screen';
import { cuesAt, readCues, spansOf } from '../src/ui/captions/vtt';
import { eachHeight } from '../src/players/heights';
import { awaited } from '../src/ui/stage/Waits';
import { countText } from '../src/ui/stage/Soon';
import { here, item } from './frames';

const texts = (file: string) => readCues(file).map((cue) => cue.lines.map((line) => line.map((span) => span.text).join('')).join('/'));

describe('captions', () => {
  it('reads WebVTT with a header, notes, names of cues and settings', () => {
    const file = 'WEBVTT - a film\n\nNOTE no cue\n\n1\n00:01.000 --> 00:02.500 line:10%\nfirst\nsecond\n\nname\n1:00:00.000 --> 1:00:01.000\nlate\n';
    const cues = readCues(file);
    expect(cues.map(({ start, end, top }) => [start, end, top])).toEqual([[1000, 2500, true], [3_600_000, 3_601_000, false]]);
    expect(texts(file)).toEqual(['first/second', 'late']);
  });

  it('reads SubRip, with a mark at its head, other line ends and times out of order', () => {
    const file = '\uFEFF1\r\n00:00:05,000 --> 00:00:06,000\r\nlater\r\n\r\n2\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<font color="red">sooner</font>\r\n';
    expect(texts(file)).toEqual(['sooner', 'later']);
    expect(readCues(file)[0]?.top).toBe(true);
  });

  it('leaves out what ends before it begins, what says nothing, and what is no cue', () => {
    expect(readCues('WEBVTT\n\n00:02.000 --> 00:01.000\nback\n\n00:01.000 --> 00:02.000\n \n\nhello')).toEqual([]);
    expect(readCues('<html><body>no</body></html>')).toEqual([]);
  });

  it('keeps marks as parts and never as markup', () => {
    expect(spansOf('<v Ana>one <i>two</i> &lt;b&gt; &#x1F37F;<script>three</script>')).toEqual([[
      { text: 'one ', italic: false, bold: false, underlined: false, voice: 'Ana' },
      { text: 'two', italic: true, bold: false, underlined: false, voice: 'Ana' },
      { text: ' <b> \u{1F37F}', italic: false, bold: false, underlined: false, voice: 'Ana' },
      { text: 'three', italic: false, bold: false, underlined: false, voice: 'Ana' },
    ]]);
  });

  it('shows what is due, and two at once where they overlap', () => {
    const cues = readCues('WEBVTT\n\n00:01.000 --> 00:04.000\na\n\n00:02.000 --> 00:03.000\nb\n');
    expect([999, 1000, 2500, 3999, 4000].map((ms) => cuesAt(cues, ms).length)).toEqual([0, 1, 2, 1, 0]);
  });

  it('offers the tracks of the film, and begins with the language of last time', () => {
    const tracks = [{ track: 0, language: 'en', label: null }, { track: 1, language: 'de', label: null }];
    expect(firstChoice(tracks, 'de')).toBe(1);
    expect(firstChoice(tracks, 'fr')).toBe(0);
    expect(firstChoice([], 'de')).toBe('off');
    expect(tracksOf(item('a', { captions: tracks }))).toBe(tracks);
    expect(tracksOf(item('a', { subtitles: 'https://films.example/a.vtt' }))).toHaveLength(1);
    expect(tracksOf(item('a'))).toEqual([]);
  });
});

describe('over the film', () => {
  it('names whom the room waits for: who watches and loads, and whom it still waits for', () => {
    const loads = { phase: 'buffering' as const };
    expect(awaited([
      here(1, { ...loads, name: 'Lena' }), here(2), here(3, { ...loads, lagging: true }), here(4, { ...loads, hidden: true }),
      here(5, { ...loads, watches: false }), here(6, { ...loads, person: 'p1', name: 'Lena' }),
    ])).toEqual(['Lena']);
  });

  it('counts down in minutes, hours, days', () => {
    expect([272_000, 3_872_000, 0, 999, -5].map(countText)).toEqual(['04:32', '1:04:32', '00:00', '00:01', '00:00']);
    expect(countText(3 * 86_400_000)).toBe('3 days');
  });

  it('offers each height once, the sharpest first', () => {
    expect(eachHeight([{ id: 0, height: 360 }, { id: 1, height: 1080 }, { id: 2, height: 360 }, { id: 3, height: 0 }]))
      .toEqual([{ id: 1, height: 1080 }, { id: 2, height: 360 }]);
  });
});
