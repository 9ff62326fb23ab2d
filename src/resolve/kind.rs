//! Which kind of file it is: by what the server says, by its first bytes where that says nothing, by its name at last.

use engine::media::Player;
use url::Url;

/// What a media type tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is this.
    Plays(Player),
    /// A page, a picture, an archive: nothing that a player could play.
    Nothing,
    /// It may be anything: look at the first bytes and the name.
    Unsaid,
}

/// File names' endings that a player is known for.
const ENDINGS: &[(&str, Player)] = &[
    ("mp4", Player::Video),
    ("m4v", Player::Video),
    ("mov", Player::Video),
    ("webm", Player::Video),
    ("mkv", Player::Video),
    ("ogv", Player::Video),
    ("mp3", Player::Audio),
    ("m4a", Player::Audio),
    ("aac", Player::Audio),
    ("ogg", Player::Audio),
    ("oga", Player::Audio),
    ("opus", Player::Audio),
    ("wav", Player::Audio),
    ("flac", Player::Audio),
    ("m3u8", Player::Hls),
    ("mpd", Player::Dash),
];

/// The kind by the ending of the last part of the path.
pub fn by_name(link: &Url) -> Option<Player> {
    let (stem, ending) = link.path_segments()?.next_back()?.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, player)| *player)
}

/// The kind by a media type without parameters, in small letters.
pub fn by_type(media_type: Option<&str>) -> Verdict {
    let Some(media_type) = media_type else { return Verdict::Unsaid };
    match media_type {
        "application/vnd.apple.mpegurl"
        | "application/x-mpegurl"
        | "application/mpegurl"
        | "audio/mpegurl"
        | "audio/x-mpegurl"
        | "application/vnd.apple.mpegurl.audio"
        | "video/mpegurl"
        | "video/x-mpegurl" => Verdict::Plays(Player::Hls),
        "application/dash+xml" | "video/vnd.mpeg.dash.mpd" => Verdict::Plays(Player::Dash),
        "video/mp4" | "video/x-m4v" | "video/webm" | "video/ogg" | "video/quicktime" | "video/x-matroska"
        | "video/matroska" | "application/mp4" => Verdict::Plays(Player::Video),
        "audio/mpeg" | "audio/mp3" | "audio/x-mp3" | "audio/mpeg3" | "audio/mp4" | "audio/m4a" | "audio/x-m4a"
        | "audio/aac" | "audio/aacp" | "audio/x-aac" | "audio/ogg" | "audio/opus" | "audio/vorbis" | "audio/wav"
        | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" | "audio/flac" | "audio/x-flac" | "audio/webm"
        | "audio/matroska" | "audio/x-matroska" => Verdict::Plays(Player::Audio),
        // Said of everything by servers that do not know better.
        "application/octet-stream"
        | "binary/octet-stream"
        | "application/force-download"
        | "application/download"
        | "application/x-download"
        | "application/unknown"
        | "application/ogg"
        | "application/xml"
        | "text/xml"
        | "text/plain" => Verdict::Unsaid,
        _ => Verdict::Nothing,
    }
}

/// The kind by the first bytes of a body.
pub fn by_bytes(head: &[u8]) -> Verdict {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.starts_with(b"#EXTM3U") {
        return Verdict::Plays(Player::Hls);
    }
    if text.starts_with(b"<") {
        let start = &text[..text.len().min(2048)];
        return if has(start, b"<MPD") { Verdict::Plays(Player::Dash) } else { Verdict::Nothing };
    }
    if head.get(4..8) == Some(b"ftyp") {
        let sound = matches!(head.get(8..12), Some(b"M4A " | b"M4B "));
        return Verdict::Plays(if sound { Player::Audio } else { Player::Video });
    }
    if head.starts_with(b"\x1a\x45\xdf\xa3") {
        return Verdict::Plays(Player::Video);
    }
    if head.starts_with(b"OggS") {
        let video = has(&head[..head.len().min(512)], b"\x80theora");
        return Verdict::Plays(if video { Player::Video } else { Player::Audio });
    }
    let riff = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE");
    if riff || head.starts_with(b"ID3") || head.starts_with(b"fLaC") {
        return Verdict::Plays(Player::Audio);
    }
    // MPEG audio and ADTS: eleven bits of sync, then a version and a layer that exist.
    if let [0xff, second, ..] = head
        && second & 0xe0 == 0xe0
        && second & 0x18 != 0x08
        && (second & 0x06 != 0 || second & 0xf0 == 0xf0)
        && *second < 0xfe
    {
        return Verdict::Plays(Player::Audio);
    }
    Verdict::Unsaid
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_kind_by_its_ending_alone() {
        let kind = |link: &str| by_name(&link.parse().unwrap());
        assert_eq!(kind("https://a.example/x/Film.MP4?token=1.mp3"), Some(Player::Video));
        assert_eq!(kind("https://a.example/live/index.m3u8"), Some(Player::Hls));
        assert_eq!(kind("https://a.example/manifest.mpd#t=3"), Some(Player::Dash));
        assert_eq!(kind("https://a.example/song.opus"), Some(Player::Audio));
        assert_eq!(kind("https://a.example/film.mp4/"), None);
        assert_eq!(kind("https://a.example/.mp4"), None);
        assert_eq!(kind("https://film.mp4/"), None);
    }

    #[test]
    fn the_first_bytes_tell_what_the_server_does_not() {
        assert_eq!(by_bytes(b"\xef\xbb\xbf#EXTM3U\n"), Verdict::Plays(Player::Hls));
        assert_eq!(by_bytes(b"<?xml version=\"1.0\"?>\n<MPD xmlns=\"\">"), Verdict::Plays(Player::Dash));
        assert_eq!(by_bytes(b"\n<!DOCTYPE html><html>"), Verdict::Nothing);
        assert_eq!(by_bytes(b"\0\0\0\x20ftypisom"), Verdict::Plays(Player::Video));
        assert_eq!(by_bytes(b"\0\0\0\x20ftypM4A "), Verdict::Plays(Player::Audio));
        assert_eq!(by_bytes(b"\x1a\x45\xdf\xa3\x01"), Verdict::Plays(Player::Video));
        assert_eq!(by_bytes(b"\xff\xfb\x90\x64"), Verdict::Plays(Player::Audio));
        assert_eq!(by_bytes(b"\xff\xf1\x50\x80"), Verdict::Plays(Player::Audio));
        assert_eq!(by_bytes(b"\xff\xfe<\0h\0"), Verdict::Unsaid);
        assert_eq!(by_bytes(b""), Verdict::Unsaid);
        assert_eq!(by_bytes(b"PK\x03\x04"), Verdict::Unsaid);
    }
}
