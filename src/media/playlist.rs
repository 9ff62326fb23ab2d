//! HLS playlists whose links lead elsewhere: what they name, and nothing else of them, is written anew.

use url::Url;

use crate::resolve::guard::LINK_LIMIT;

/// How long a playlist may become: a signed link is longer than what it stands for, and one of a long base by far.
const TEXT_LIMIT: usize = 4 << 20;
/// How many links it may have: eleven hours of pieces of two seconds.
const LINKS: usize = 20_000;

/// A playlist with each link in it, relative to `from`, put through `path`. None where it is no playlist, or one that is
/// too long or names too much.
///
/// Rewritten are the lines that are links, and attributes of tags whose names end in `URI`: segments, variants, renditions,
/// keys, maps, parts. What is no http link (`data:`, `skd:`) stays as it is, as does what is too long for a link.
pub fn rewrite(text: &str, from: &Url, path: impl Fn(&Url) -> String) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with("#EXTM3U") {
        return None;
    }
    let mut copy = Copy { from, path, text: String::with_capacity(text.len()), links: 0 };
    // Players begin a line at each of these.
    for line in text.split(['\n', '\r']) {
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        if !line.starts_with('#') {
            copy.link(line)?;
        } else if line.starts_with("#EXT") {
            copy.tag(line)?;
        } else {
            // A remark.
            continue;
        }
        copy.push("\n")?;
    }
    Some(copy.text)
}

/// A playlist as it is written anew. What it does is none where it would be too much.
struct Copy<'a, P> {
    from: &'a Url,
    path: P,
    text: String,
    links: usize,
}

impl<P: Fn(&Url) -> String> Copy<'_, P> {
    fn push(&mut self, part: &str) -> Option<()> {
        if part.len() > TEXT_LIMIT - self.text.len() {
            return None;
        }
        self.text.push_str(part);
        Some(())
    }

    fn link(&mut self, link: &str) -> Option<()> {
        self.links += 1;
        if self.links > LINKS {
            return None;
        }
        match self.other(link) {
            Some(other) => self.push(&other),
            None => self.push(link),
        }
    }

    fn other(&self, link: &str) -> Option<String> {
        let link = link.trim();
        if link.len() > LINK_LIMIT {
            return None;
        }
        let link = self.from.join(link).ok()?;
        (matches!(link.scheme(), "http" | "https") && link.as_str().len() <= LINK_LIMIT).then(|| (self.path)(&link))
    }

    /// A tag with the links of its attributes rewritten: `#EXT-X-KEY:METHOD=AES-128,URI="key.bin"`.
    fn tag(&mut self, line: &str) -> Option<()> {
        let mut rest = line;
        while let Some(at) = rest.find("URI=\"") {
            let (before, quoted) = rest.split_at(at + 5);
            let Some((quote, after)) = quoted.split_once('"') else { break };
            self.push(before)?;
            self.link(quote)?;
            self.push("\"")?;
            rest = after;
        }
        self.push(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        let from = "https://films.example/a/master.m3u8?t=1".parse().unwrap();
        rewrite(text, &from, |link| format!("/relay/{link}")).unwrap_or_default()
    }

    #[test]
    fn all_that_a_playlist_names_comes_the_same_way() {
        let text = "\u{feff}#EXTM3U\r\n# a remark with http://x.example\r\n#EXT-X-VERSION:6\r\n\
            #EXT-X-KEY:METHOD=AES-128,URI=\"key.bin?u=1\",IV=0x1\r\n\
            #EXT-X-MAP:URI=\"/init.mp4\",BYTERANGE=\"10@0\"\r\n#EXTINF:4.0,a title, with URI in it\r\n1.ts\r\n\
            #EXTINF:4.0,\r\n//cdn.example/2.ts?x=1&y=2\r\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",URI=\"http://b.example/a.m3u8\"\r\n\
            #EXT-X-PART:DURATION=1,URI=\"p1.mp4\"\r\n#EXT-X-ENDLIST";
        assert_eq!(
            rewritten(text),
            "#EXTM3U\n#EXT-X-VERSION:6\n\
            #EXT-X-KEY:METHOD=AES-128,URI=\"/relay/https://films.example/a/key.bin?u=1\",IV=0x1\n\
            #EXT-X-MAP:URI=\"/relay/https://films.example/init.mp4\",BYTERANGE=\"10@0\"\n\
            #EXTINF:4.0,a title, with URI in it\n/relay/https://films.example/a/1.ts\n\
            #EXTINF:4.0,\n/relay/https://cdn.example/2.ts?x=1&y=2\n\
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",URI=\"/relay/http://b.example/a.m3u8\"\n\
            #EXT-X-PART:DURATION=1,URI=\"/relay/https://films.example/a/p1.mp4\"\n#EXT-X-ENDLIST\n"
        );
    }

    #[test]
    fn links_of_other_kinds_stay_and_what_is_no_playlist_is_none() {
        let text = "#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://key\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"data:text/plain;base64,AA\"\n";
        assert_eq!(rewritten(text), text);
        assert_eq!(rewritten("<html>"), "");
        assert_eq!(rewritten("#EXTM3U\n#EXT-X-KEY:URI=\"open"), "#EXTM3U\n#EXT-X-KEY:URI=\"open\n");
        let twice = "#EXTM3U\n#EXT-X-DATERANGE:X-ASSET-URI=\"a\",X-OTHER-URI=\"b\"\n";
        assert_eq!(rewritten(twice).matches("/relay/").count(), 2);
    }

    #[test]
    fn a_playlist_does_not_become_longer_than_it_may() {
        let from: Url = format!("https://films.example/{}/list.m3u8", "a".repeat(4_000)).parse().unwrap();
        let made = |lines: usize| {
            let text = format!("#EXTM3U\n{}", "1.ts\n".repeat(lines));
            rewrite(&text, &from, |link| format!("/relay/{link}"))
        };
        assert!(made(1_000).is_some_and(|text| text.len() < TEXT_LIMIT));
        assert_eq!(made(1_100), None);
    }

    #[test]
    fn a_playlist_names_no_more_than_it_may_in_lines_or_in_tags() {
        let from: Url = "https://films.example/".parse().unwrap();
        let made = |text: &str, count: usize| {
            let asked = std::cell::Cell::new(0);
            let made = rewrite(&format!("#EXTM3U\n{}\n", text.repeat(count)), &from, |_| {
                asked.set(asked.get() + 1);
                "x".to_owned()
            });
            (made.is_some(), asked.get())
        };
        assert_eq!(made("a\n", LINKS), (true, LINKS));
        assert_eq!(made("a\n", LINKS + 9), (false, LINKS));
        assert_eq!(made("#EXT:URI=\"a\",URI=\"b\"\n", LINKS / 2), (true, LINKS));
        assert_eq!(made("#EXT:URI=\"a\",URI=\"b\"\n", LINKS), (false, LINKS));
    }

    #[test]
    fn what_is_too_long_for_a_link_is_not_made_one() {
        let base = "https://films.example/".len();
        let fits = format!("/{}", "a".repeat(LINK_LIMIT - base));
        assert!(rewritten(&format!("#EXTM3U\n{fits}\n")).contains("\n/relay/https://films.example/aaa"));
        let long = format!("#EXTM3U\n{fits}a\n#EXT-X-MAP:URI=\"{fits}a\"\n");
        assert_eq!(rewritten(&long), long);
    }
}
