/** Telegram's colours as the page's own: ground, surfaces and text. The accent stays, and so does all that lies over the film. */
import type { ThemeParams, WebApp } from './web-app';

type Rgb = readonly [number, number, number];

function rgb(text: string | undefined): Rgb | null {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text ?? '');
  return hex === null ? null : [parseInt(hex[1] ?? '', 16), parseInt(hex[2] ?? '', 16), parseInt(hex[3] ?? '', 16)];
}

const css = (colour: Rgb): string => `rgb(${colour.map((part) => Math.round(part)).join(' ')})`;

/** `part` of the second colour in the first. */
const mix = (one: Rgb, other: Rgb, part: number): Rgb =>
  [one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part, one[2] + (other[2] - one[2]) * part];

/** Relative luminance, as WCAG 2 has it. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The colour, moved towards another until it stands out enough from its ground. */
function readable(colour: Rgb, towards: Rgb, ground: Rgb, ratio: number): Rgb {
  for (let part = 0; part < 1; part += 0.1) {
    const moved = mix(colour, towards, part);
    if (contrast(moved, ground) >= ratio) return moved;
  }
  return towards;
}

/** The page's tokens in Telegram's colours; none where these would not be readable, or are not told. */
export function tokens(params: ThemeParams): Readonly<Record<`--${string}`, string>> {
  const [ground, text] = [rgb(params.bg_color), rgb(params.text_color)];
  if (ground === null || text === null || contrast(ground, text) < 7) return {};
  const surfaces = [rgb(params.section_bg_color), rgb(params.secondary_bg_color)];
  // A panel that looks like the ground is none; nor is one that its text cannot be read on.
  const panel = surfaces.find((one) => one !== null && contrast(one, ground) > 1.03 && contrast(one, text) >= 7) ?? mix(ground, text, 0.04);
  const [raised, pressed] = [mix(ground, text, 0.08), mix(ground, text, 0.13)];
  const quiet = rgb(params.subtitle_text_color) ?? rgb(params.hint_color) ?? mix(text, ground, 0.25);
  // The worst ground of both is the surface of what is pressed.
  const second = readable(quiet, text, pressed, 6);
  const third = readable(rgb(params.hint_color) ?? quiet, text, pressed, 4.6);
  return {
    '--bg': css(ground),
    '--surface-1': css(panel),
    '--surface-2': css(raised),
    '--surface-3': css(pressed),
    '--field': css(raised),
    '--raised': css(raised),
    '--line': css(mix(ground, text, 0.16)),
    '--line-strong': css(readable(mix(ground, text, 0.3), text, raised, 3.1)),
    '--text': css(text),
    '--text-2': css(second),
    '--text-3': css(third),
    // Its ground may be of any lightness, so the room's own colour is left out.
    '--tint-most': '0%',
  };
}

/** Follows Telegram's theme, until somebody chooses another here. */
export function follow(app: WebApp): void {
  const root = document.documentElement;
  let set: string[] = [];
  const paint = (): void => {
    for (const name of set) root.style.removeProperty(name);
    // Who chose the other of light and dark here has ours.
    const chosen = root.dataset['theme'] !== app.colorScheme;
    const colours = Object.entries(chosen ? {} : tokens(app.themeParams));
    for (const [name, value] of colours) root.style.setProperty(name, value);
    set = colours.map(([name]) => name);
  };
  const changed = (): void => {
    root.dataset['theme'] = app.colorScheme;
    paint();
  };
  changed();
  app.onEvent('themeChanged', changed);
  new MutationObserver(paint).observe(root, { attributeFilter: ['data-theme'] });
  if (app.isVersionAtLeast('6.1')) {
    app.setHeaderColor('bg_color');
    app.setBackgroundColor('bg_color');
  }
}
