/** The light build is the full one less subtitles, alternate audio and DRM; its package names no types for it. */
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
