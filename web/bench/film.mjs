// The film: a test picture with a tone, made once by ffmpeg and kept among the temporary files.

import { execFileSync } from "node:child_process";
import { existsSync, renameSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bits a second of the film for thin lines: enough that a browser cannot load all of it ahead. */
export const HEAVY = 3_000_000;
export const LENGTH = 180;

export function film(heavy) {
  const path = join(tmpdir(), `onecouch-bench-${heavy ? "heavy" : "light"}-${LENGTH}.mp4`);
  if (!existsSync(path)) {
    const picture = heavy ? "testsrc2=size=640x360:rate=24,noise=alls=40:allf=t" : "testsrc2=size=426x240:rate=30";
    const rate = heavy
      ? ["-b:v", `${HEAVY}`, "-minrate", `${HEAVY}`, "-maxrate", `${HEAVY}`, "-bufsize", `${HEAVY}`, "-x264-params", "nal-hrd=cbr"]
      : ["-crf", "30"];
    const part = `${path}.part.mp4`;
    execFileSync("ffmpeg", [
      "-v", "error", "-y", "-f", "lavfi", "-i", `${picture}`, "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100",
      "-t", `${LENGTH}`, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", heavy ? "48" : "60", ...rate,
      "-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart", part,
    ]);
    renameSync(part, path);
  }
  return { path, bytes: statSync(path).size, bytesPerSecond: statSync(path).size / LENGTH };
}
