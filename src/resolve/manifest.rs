//! HLS playlists and DASH manifests: how long they last and whether they are live.
//!
//! Read by kept crates on a thread of their own, so that a text made to be slow or to trip the parser holds up nobody.

use engine::{
    refusal::{Code, Refusal},
    time::Millis,
};
use jiff::Span;

use super::files::Facts;

/// What a playlist is.
#[derive(Debug, PartialEq, Eq)]
pub enum Hls {
    /// A list of variants; the link of the first that is not made of still pictures only.
    Master(Option<String>),
    /// A list of segments.
    Media(Facts),
}

/// Reads a playlist. `all` says whether the text is complete: of a part, the length is unknown. Other lists of links,
/// such as those of radio stations, are `not_media`.
pub async fn hls(text: Vec<u8>, all: bool) -> Result<Hls, Refusal> {
    aside(move || read_hls(&text, all)).await
}

/// Reads a manifest.
pub async fn dash(text: Vec<u8>, all: bool) -> Result<Facts, Refusal> {
    if !all {
        return Ok(Facts::default());
    }
    aside(move || read_dash(&text)).await
}

/// Runs a parser aside; one that dies of its input found nothing to play.
pub(super) async fn aside<T: Send + 'static>(
    parse: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(parse).await.unwrap_or_else(|_| Err(Code::NotMedia.into()))
}

pub(super) fn read_hls(text: &[u8], all: bool) -> Result<Hls, Refusal> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    if !text.starts_with(b"#EXTM3U") || !text.windows(7).any(|part| part == b"#EXT-X-") {
        return Err(Code::NotMedia.into());
    }
    let Ok(playlist) = m3u8_rs::parse_playlist_res(text) else {
        // Cut in the middle of a line, it does not parse; it is a playlist all the same.
        return if all { Err(Code::NotMedia.into()) } else { Ok(Hls::Media(Facts::default())) };
    };
    Ok(match playlist {
        m3u8_rs::Playlist::MasterPlaylist(master) => {
            Hls::Master(master.variants.into_iter().find(|variant| !variant.is_i_frame).map(|variant| variant.uri))
        }
        m3u8_rs::Playlist::MediaPlaylist(media) => {
            let ends = media.end_list || media.playlist_type == Some(m3u8_rs::MediaPlaylistType::Vod);
            let seconds: f64 = media.segments.iter().map(|segment| f64::from(segment.duration)).sum();
            let duration = if all && ends { millis(seconds) } else { None };
            Hls::Media(Facts { duration, live: all && !ends, title: None })
        }
    })
}

pub(super) fn read_dash(text: &[u8]) -> Result<Facts, Refusal> {
    let not_media = || Refusal::from(Code::NotMedia);
    let text = std::str::from_utf8(text).map_err(|_| not_media())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Roxmltree refuses document type definitions, and with them entities that grow.
    let document = roxmltree::Document::parse(text).map_err(|_| not_media())?;
    let root = document.root_element();
    if root.tag_name().name() != "MPD" {
        return Err(not_media());
    }
    let live = root.attribute("type") == Some("dynamic");
    let whole = root.attribute("mediaPresentationDuration").and_then(xml_duration);
    let periods = || {
        let mut periods = root.children().filter(|node| node.tag_name().name() == "Period").peekable();
        periods.peek()?;
        periods.try_fold(0.0, |sum, period| Some(sum + xml_duration(period.attribute("duration")?)?))
    };
    let title = root
        .children()
        .filter(|node| node.tag_name().name() == "ProgramInformation")
        .flat_map(|information| information.children())
        .find(|node| node.tag_name().name() == "Title")
        .and_then(|title| title.text())
        .map(str::to_owned);
    let duration = if live { None } else { whole.or_else(periods).and_then(millis) };
    Ok(Facts { duration, title, live })
}

/// An `xs:duration` such as `PT1H2M3.5S` in seconds. Years and months have no length of their own: only zero of them.
pub(super) fn xml_duration(text: &str) -> Option<f64> {
    let span: Span = text.trim().parse().ok()?;
    (span.get_years() == 0 && span.get_months() == 0)
        .then(|| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok())?
        .map(|duration| duration.as_secs_f64())
}

/// Seconds as a length: above zero, below ten years.
pub(super) fn millis(seconds: f64) -> Option<Millis> {
    let fits = seconds.is_finite() && seconds > 0.0 && seconds < 10.0 * 366.0 * 86400.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked the line above")]
    fits.then(|| Millis((seconds * 1000.0).round() as i64)).filter(|millis| millis.0 > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_playlist_lasts_as_long_as_its_segments_and_is_live_without_an_end() {
        let vod = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.5,\na.ts\n#EXTINF:0.5,\nb.ts\n#EXT-X-ENDLIST\n";
        let facts = Facts { duration: Some(Millis(10_000)), ..Facts::default() };
        assert_eq!(read_hls(vod, true).unwrap(), Hls::Media(facts));
        let live = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.5,\na.ts\n";
        assert_eq!(read_hls(live, true).unwrap(), Hls::Media(Facts { live: true, ..Facts::default() }));
        assert_eq!(read_hls(live, false).unwrap(), Hls::Media(Facts::default()));
        let master = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1280000\nlow/index.m3u8\n";
        assert_eq!(read_hls(master, true).unwrap(), Hls::Master(Some("low/index.m3u8".to_owned())));
        let stations = b"#EXTM3U\n#EXTINF:-1,Station\nhttp://radio.example/\n";
        assert_eq!(read_hls(stations, true).unwrap_err().code, Code::NotMedia);
    }

    #[test]
    fn a_manifest_says_its_length_or_its_periods_do() {
        let whole = b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' type='static' mediaPresentationDuration='PT0H1M2.5S'/>";
        assert_eq!(read_dash(whole).unwrap().duration, Some(Millis(62_500)));
        let years = b"<MPD mediaPresentationDuration='P0Y0M0DT0H3M30.000S'/>";
        assert_eq!(read_dash(years).unwrap().duration, Some(Millis(210_000)));
        let periods = b"<MPD><Period duration='PT10S'/><Period duration='PT5S'/></MPD>";
        assert_eq!(read_dash(periods).unwrap().duration, Some(Millis(15_000)));
        let live = b"<MPD type='dynamic' mediaPresentationDuration='PT10S'/>";
        assert_eq!(read_dash(live).unwrap(), Facts { live: true, ..Facts::default() });
        assert_eq!(read_dash(b"<html/>").unwrap_err().code, Code::NotMedia);
        let bomb = b"<!DOCTYPE m [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><MPD>&b;</MPD>";
        assert_eq!(read_dash(bomb).unwrap_err().code, Code::NotMedia);
    }
}
