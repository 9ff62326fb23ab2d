//! Which files of the library are served, as what, and what browsers play of them.

use engine::media::Player;

/// What a file is to the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It plays by itself.
    Plays(Player),
    /// Subtitles.
    Captions,
    /// A still.
    Picture,
    /// A part of a stream that a manifest names.
    Piece,
}

/// What is served, by the ending of its name: nothing else is, whatever it is. None of these types can run as a page.
const FORMATS: &[(&str, &str, Role)] = &[
    ("mp4", "video/mp4", Role::Plays(Player::Video)),
    ("m4v", "video/mp4", Role::Plays(Player::Video)),
    ("mov", "video/quicktime", Role::Plays(Player::Video)),
    ("webm", "video/webm", Role::Plays(Player::Video)),
    ("mkv", "video/x-matroska", Role::Plays(Player::Video)),
    ("ogv", "video/ogg", Role::Plays(Player::Video)),
    ("mp3", "audio/mpeg", Role::Plays(Player::Audio)),
    ("m4a", "audio/mp4", Role::Plays(Player::Audio)),
    ("aac", "audio/aac", Role::Plays(Player::Audio)),
    ("ogg", "audio/ogg", Role::Plays(Player::Audio)),
    ("oga", "audio/ogg", Role::Plays(Player::Audio)),
    ("opus", "audio/ogg", Role::Plays(Player::Audio)),
    ("wav", "audio/wav", Role::Plays(Player::Audio)),
    ("flac", "audio/flac", Role::Plays(Player::Audio)),
    ("m3u8", "application/vnd.apple.mpegurl", Role::Plays(Player::Hls)),
    ("mpd", "application/dash+xml", Role::Plays(Player::Dash)),
    ("vtt", "text/vtt; charset=utf-8", Role::Captions),
    ("srt", "application/x-subrip", Role::Captions),
    ("jpg", "image/jpeg", Role::Picture),
    ("jpeg", "image/jpeg", Role::Picture),
    ("png", "image/png", Role::Picture),
    ("webp", "image/webp", Role::Picture),
    ("ts", "video/mp2t", Role::Piece),
    ("m4s", "video/iso.segment", Role::Piece),
    ("cmfv", "video/mp4", Role::Piece),
    ("cmfa", "audio/mp4", Role::Piece),
    ("key", "application/octet-stream", Role::Piece),
];

/// The media type and the role of a file of this name; none where it is not served.
pub fn of(name: &str) -> Option<(&'static str, Role)> {
    let (stem, ending) = name.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    let known = FORMATS.iter().find(|(known, ..)| ending.eq_ignore_ascii_case(known));
    known.map(|(_, kind, role)| (*kind, *role))
}

/// Codecs of Matroska files that no browser plays; others come with most files and play in most browsers. They stand in
/// the file as these names.
const UNPLAYABLE: &[&[u8]] = &[
    b"V_MPEGH/ISO/HEVC",
    b"V_MPEG1",
    b"V_MPEG2",
    b"V_MPEG4/ISO/ASP",
    b"V_MPEG4/ISO/SP",
    b"V_MPEG4/MS/V3",
    b"V_MS/VFW/FOURCC",
    b"V_REAL/",
    b"V_PRORES",
    b"V_THEORA",
    b"A_AC3",
    b"A_EAC3",
    b"A_DTS",
    b"A_TRUEHD",
    b"A_MLP",
    b"A_WAVPACK4",
    b"A_MS/ACM",
];
/// What stands before the list of tracks of a Matroska file.
const TRACKS: &[u8] = b"\x16\x54\xae\x6b";
/// What stands before the name of a codec.
const CODEC_ID: u8 = 0x86;

/// Whether browsers can play a file that begins so: of a Matroska file that is so unless one of its tracks needs a codec that
/// they lack.
pub fn is_playable(head: &[u8]) -> bool {
    if !head.starts_with(b"\x1a\x45\xdf\xa3") {
        return true;
    }
    let Some(tracks) = find(head, TRACKS) else { return true };
    let tracks = &head[tracks..];
    // An element is its id, its length in one byte where it is short, and its content.
    let has = |codec: &&[u8]| {
        tracks
            .windows(codec.len() + 2)
            .any(|window| window[0] == CODEC_ID && window[1] & 0x80 != 0 && window[2..] == **codec)
    };
    !UNPLAYABLE.iter().any(has)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_media_are_served_and_none_that_could_be_a_page() {
        assert_eq!(of("Film.MP4"), Some(("video/mp4", Role::Plays(Player::Video))));
        assert_eq!(of("a.b.vtt"), Some(("text/vtt; charset=utf-8", Role::Captions)));
        for name in
            ["page.html", "page.mp4.html", "a.svg", "a.js", "a.xml", "a.xhtml", "a.txt", "mp4", ".mp4", "a.", "a"]
        {
            assert_eq!(of(name), None, "{name}");
        }
        for (ending, kind, _) in FORMATS {
            let media = ["video/", "audio/", "image/", "text/vtt"].iter().any(|start| kind.starts_with(start));
            let named = ["application/vnd.apple.mpegurl", "application/dash+xml", "application/x-subrip"];
            assert!(media || named.contains(kind) || *kind == "application/octet-stream", "{ending}: {kind}");
        }
    }

    #[test]
    fn a_matroska_file_plays_unless_a_track_needs_what_browsers_lack() {
        let file = |codec: &[u8]| {
            let mut file = b"\x1a\x45\xdf\xa3 A_DTS in a comment ".to_vec();
            file.extend_from_slice(TRACKS);
            file.extend_from_slice(&[0x8a, CODEC_ID, 0x80 | u8::try_from(codec.len()).unwrap()]);
            file.extend_from_slice(codec);
            file
        };
        assert!(is_playable(&file(b"V_VP9")));
        assert!(is_playable(&file(b"V_MPEG4/ISO/AVC")));
        assert!(!is_playable(&file(b"V_MPEGH/ISO/HEVC")));
        assert!(!is_playable(&file(b"A_DTS")));
        assert!(is_playable(b"\0\0\0\x20ftypisom A_DTS"));
    }
}
