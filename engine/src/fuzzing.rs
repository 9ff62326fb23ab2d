//! What libFuzzer runs of this crate, and its unit tests on the corpus: see docs/CONTRIBUTING.md. Each takes any bytes and
//! panics where a promise is broken.

#![expect(clippy::unwrap_used, reason = "a promise that is broken ends the run")]

use url::Url;

use crate::{
    embeds,
    event::Event,
    ids::RoomId,
    lists,
    media::{Media, Player},
    ports::Loaded,
    room::{Room, RoomLimits, RoomState},
    text,
    time::{Millis, Now, PlayTime, WallTime},
    words,
};

#[cfg(test)]
#[path = "../../fuzz/replay.rs"]
mod replay;

/// Lists that people paste. What is written of what was read is read the same again.
pub fn lists(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let at = Url::parse("https://films.example/lists/a.m3u").unwrap();
    let _ = lists::title(&input);
    for entries in [lists::parse(&input), lists::parse_at(&input, Some(&at))] {
        assert!(entries.len() <= lists::LIMIT);
        let mut media = Vec::new();
        for (link, title) in &entries {
            let url = Url::parse(link).unwrap();
            assert!(matches!(url.scheme(), "http" | "https") && url.has_host(), "{link}");
            assert!(!link.contains(char::is_whitespace), "{link}");
            if let Some(title) = title {
                assert_eq!(text::line(title, 200).as_ref(), Ok(title));
            }
            media.push(Media { title: title.clone(), ..Media::bare(link.clone(), Player::Video) });
        }
        assert_eq!(lists::parse(&lists::export_json(&media)), entries, "as JSON");
        assert_eq!(lists::parse(&lists::export(&media)), entries, "as M3U");
    }
}

/// Links that become frames. A frame's address stays what it is, and leads nowhere but to a platform.
pub fn embeds(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let (host, source) = input.split_once('\n').unwrap_or(("films.example", &input));
    if let Ok(url) = Url::parse(source) {
        assert!(embeds::start_of(&url).is_none_or(|start| start > Millis::ZERO));
    }
    let Some(frame) = embeds::embed(source, host) else { return };
    let url = Url::parse(&frame).unwrap();
    assert_eq!(url.scheme(), "https");
    let known = [
        "www.youtube.com",
        "player.twitch.tv",
        "clips.twitch.tv",
        "player.kick.com",
        "www.facebook.com",
        "player.vimeo.com",
    ];
    assert!(known.contains(&url.host_str().unwrap()), "{frame}");
    assert!(!frame.contains(['<', '>', '"', '\'', ' ', '\\']), "{frame}");
    assert_eq!(embeds::embed(&frame, host).as_ref(), Some(&frame), "a frame's address stays");
}

/// What is read back from the store: a journal, a line an event, before which a snapshot may stand. What is read is written
/// the same again, and a room stands up from it, or says that it cannot.
pub fn journal(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let mut lines = input.lines().peekable();
    let snapshot = lines.peek().and_then(|first| serde_json::from_str::<RoomState>(first).ok());
    if let Some(snapshot) = &snapshot {
        lines.next();
        let written = serde_json::to_string(snapshot).unwrap();
        assert_eq!(serde_json::from_str::<RoomState>(&written).as_ref().unwrap(), snapshot);
    }
    let mut events = Vec::new();
    for line in lines {
        let Ok(event) = serde_json::from_str::<Event>(line) else { continue };
        let written = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&written).unwrap(), event);
        events.push(event);
    }
    // As the store hands them over.
    let first = snapshot.as_ref().map_or(1, |snapshot| snapshot.seq.saturating_add(1));
    for (seq, event) in (first..).zip(&mut events) {
        event.seq = seq;
    }
    let now = Now { play: PlayTime(1_700_000_100_000), wall: WallTime(1_700_000_100_000) };
    let loaded = Loaded { epoch: 2, snapshot, events, chat: Vec::new(), last_beat: Some(PlayTime(1_700_000_000_000)) };
    let Ok((mut room, mut turn)) = Room::restore(RoomId(uuid::Uuid::nil()), now, loaded, RoomLimits::default()) else {
        return;
    };
    for later in [0, 1, 1_000, 60_000, 86_400_000] {
        let now = Now { play: now.play + Millis(later), wall: now.wall + Millis(later) };
        let _ = (room.next_deadline(now), room.view().position(now.play));
        room.tick(now, &mut turn);
    }
}

/// Words of people: safe to show, whatever they were; and what is safe stays as it is.
pub fn texts(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    for limit in [1, 48, 2_000] {
        if let Ok(shown) = text::line(&input, limit) {
            assert!(shown.chars().count() <= limit && !shown.chars().any(char::is_control), "{shown:?}");
            assert_eq!(text::line(&shown, limit).as_ref(), Ok(&shown));
        }
        if let Ok(shown) = text::lines(&input, limit) {
            assert!(shown.chars().count() <= limit && !shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
            assert_eq!(text::lines(&shown, limit).as_ref(), Ok(&shown));
        }
        if let Some(shown) = text::clipped(&input, limit) {
            assert!((1..=limit).contains(&shown.chars().count()), "{shown:?}");
        }
    }
    // As long as a line of chat may be.
    let line: String = input.chars().take(500).collect();
    let extra = ["spoiler".into(), "спойлер".into()].into_iter().collect();
    if let Some(masked) = words::mask(&line, &extra) {
        assert_ne!(masked, line);
        assert!(masked.chars().count() <= line.chars().count().max(1) * 4, "{masked:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::replay::replay;

    #[test]
    fn lists_hold_what_they_promise_whatever_is_pasted() {
        replay("lists", super::lists);
    }

    #[test]
    fn embeds_hold_what_they_promise_whatever_is_linked() {
        replay("embeds", super::embeds);
    }

    #[test]
    fn a_journal_is_read_back_whatever_stands_in_it() {
        replay("journal", super::journal);
    }

    #[test]
    fn texts_hold_what_they_promise_whatever_is_typed() {
        replay("texts", super::texts);
    }
}
