// Streams made with ffmpeg for the stories: HLS with its sound apart from the picture, as many have it, and DASH; of one picture or of several.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const clip = fileURLToPath(new URL("../../assets/demo.mp4", import.meta.url));

/** Makes them in a folder of their own; `away` takes it away. */
export function makeStreams() {
  const folder = mkdtempSync(join(tmpdir(), "onecouch-streams-"));
  const ffmpeg = (...words) => execFileSync("ffmpeg", ["-v", "error", "-i", clip, "-c", "copy", ...words], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  ffmpeg("-map", "0:v", "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_filename", "picture%d.ts", "picture.m3u8");
  ffmpeg("-map", "0:a", "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_filename", "sound%d.ts", "sound.m3u8");
  writeFileSync(join(folder, "film.m3u8"), [
    "#EXTM3U", '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",DEFAULT=YES,URI="sound.m3u8"',
    '#EXT-X-STREAM-INF:BANDWIDTH=400000,CODECS="avc1.4d401e,mp4a.40.2",AUDIO="sound"', "picture.m3u8", "",
  ].join("\n"));
  ffmpeg("-f", "dash", "-seg_duration", "4", "-init_seg_name", "init-$RepresentationID$.mp4", "-media_seg_name", "part-$RepresentationID$-$Number$.mp4", "film.mpd");
  const gone = Array.from({ length: 30 }, (_, part) => `#EXTINF:4,\nnothing${part}.ts`);
  writeFileSync(join(folder, "gone.m3u8"), ["#EXTM3U", "#EXT-X-TARGETDURATION:4", "#EXT-X-PLAYLIST-TYPE:VOD", ...gone, "#EXT-X-ENDLIST", ""].join("\n"));
  return { folder, away: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The heights of the pictures in `levels.mpd` and `levels.m3u8`, from the sharpest on. */
export const HEIGHTS = [270, 180, 90];

/** One film in three pictures, as DASH and as HLS of the same parts, in a folder of its own; `away` takes it away. */
export function makeLevels() {
  const folder = mkdtempSync(join(tmpdir(), "onecouch-levels-"));
  const scaled = HEIGHTS.map((height, index) => `[in${index}]scale=-2:${height}[out${index}]`).join(";");
  const rates = [400, 200, 80].flatMap((rate, index) => [`-b:v:${index}`, `${rate}k`]);
  execFileSync("ffmpeg", [
    "-v", "error", "-i", clip, "-t", "40",
    "-filter_complex", `[0:v]split=3${HEIGHTS.map((_, index) => `[in${index}]`).join("")};${scaled}`,
    ...HEIGHTS.flatMap((_, index) => ["-map", `[out${index}]`]), "-map", "0:a", "-c:a", "copy",
    "-c:v", "libx264", "-preset", "ultrafast", "-g", "48", "-keyint_min", "48", "-sc_threshold", "0", ...rates,
    "-f", "dash", "-seg_duration", "2", "-adaptation_sets", "id=0,streams=v id=1,streams=a", "-hls_playlist", "1", "-hls_master_name", "levels.m3u8",
    "-init_seg_name", "level-$RepresentationID$.mp4", "-media_seg_name", "level-$RepresentationID$-$Number$.mp4", "levels.mpd",
  ], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return { folder, away: () => rmSync(folder, { recursive: true, force: true }) };
}
