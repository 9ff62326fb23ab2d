//! Lists of media as texts: what people paste, and what they take away.
//!
//! Read are one link per line, M3U, CSV with a column of links, and JSON; written are M3U and JSON. What is written can be
//! read again. Nothing here asks the network: what the links are, [`Resolve`](crate::ports::Resolve) tells.

#[cfg(test)]
mod tests;

use serde::Serialize;
use url::Url;

use crate::{media::Media, text, time::Millis};

/// How many entries of a list are read. As many as a queue holds by default.
pub const LIMIT: usize = 500;
/// The longest link that an entry may have, in bytes.
const LINK_LIMIT: usize = 2_048;
/// How many characters of a title are kept.
const TITLE_LIMIT: usize = 200;

/// What a link to a list leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// What the list is called.
    pub title: Option<String>,
    /// What stands in it, in order; at most [`LIMIT`]. Of what cannot be played nothing is left.
    pub media: Vec<Media>,
    /// Where in it the link points to, where it names one of them.
    pub first: Option<usize>,
}

/// A line of a list: a link, and what stands there as its title.
pub type Entry = (String, Option<String>);

/// Reads a list that was pasted. What is no http or https link is left out; at most [`LIMIT`] entries come back, none where
/// the text is no list.
pub fn parse(text: &str) -> Vec<Entry> {
    parse_at(text, None)
}

/// The same for the text behind a link: what stands in an M3U without a host is beside it.
pub fn parse_at(text: &str, at: Option<&Url>) -> Vec<Entry> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let found: Vec<Entry> = if text.starts_with('[') {
        from_json(text)
    } else if let Some(links) = links_column(text) {
        from_table(text, &links)
    } else {
        from_lines(text, at)
    };
    found
        .into_iter()
        .map(|(link, title)| (link, title.and_then(|title| text::clipped(&title, TITLE_LIMIT))))
        .take(LIMIT)
        .collect()
}

/// The name that an M3U gives itself.
pub fn title(text: &str) -> Option<String> {
    text.lines()
        .find_map(|line| line.trim().strip_prefix("#PLAYLIST:"))
        .and_then(|title| text::clipped(title, TITLE_LIMIT))
}

/// A list as M3U, which most players read: titles, lengths in seconds, links.
pub fn export<'a>(media: impl IntoIterator<Item = &'a Media>) -> String {
    let mut list = String::from("#EXTM3U\n");
    for media in media {
        let seconds = media.duration.map_or(-1, |length| length.0.div_euclid(1000));
        let title = media.title.as_deref().and_then(|title| text::clipped(title, TITLE_LIMIT)).unwrap_or_default();
        list.push_str(&format!("#EXTINF:{seconds},{title}\n{}\n", media.url));
    }
    list
}

/// A list as JSON: an array of `{url, title?, duration_ms?}`.
pub fn export_json<'a>(media: impl IntoIterator<Item = &'a Media>) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        url: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        duration_ms: Option<Millis>,
    }
    let lines: Vec<Line<'_>> = media
        .into_iter()
        .map(|media| Line { url: &media.url, title: media.title.as_deref(), duration_ms: media.duration })
        .collect();
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&lines).unwrap_or_default()
}

fn from_json(text: &str) -> Vec<Entry> {
    let Ok(lines) = serde_json::from_str::<Vec<serde_json::Value>>(text) else { return Vec::new() };
    let entry = |line: &serde_json::Value| {
        let named = |names: &[&str]| names.iter().find_map(|name| line.get(name)?.as_str()).map(str::to_owned);
        let url = line.as_str().map(str::to_owned).or_else(|| named(&["url", "link"]))?;
        Some((link(&url)?, named(&["title", "name"])))
    };
    lines.iter().filter_map(entry).take(LIMIT).collect()
}

/// Where in a CSV the links and the titles stand.
struct Columns {
    separator: u8,
    link: usize,
    title: Option<usize>,
    headed: bool,
}

/// A text is a CSV if its first line names a column of links, or if all lines are a link, a comma and something with a space
/// in it or in quotes: a comma alone may be part of a link.
fn links_column(text: &str) -> Option<Columns> {
    let first = text.lines().next()?;
    for separator in [',', ';', '\t'] {
        let names: Vec<String> =
            first.split(separator).map(|name| name.trim().trim_matches('"').to_lowercase()).collect();
        let place = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        if names.len() > 1
            && let Some(link) = place(&["url", "link"])
        {
            let separator = u8::try_from(separator).ok()?;
            return Some(Columns { separator, link, title: place(&["title", "name"]), headed: true });
        }
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let telling = text.lines().any(|line| line.split_once(',').is_some_and(|(_, title)| title.contains([' ', '"'])));
    let all = lines.all(|line| line.split_once(',').is_some_and(|(url, _)| link(url.trim_matches('"')).is_some()));
    (telling && all).then_some(Columns { separator: b',', link: 0, title: Some(1), headed: false })
}

fn from_table(text: &str, columns: &Columns) -> Vec<Entry> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(columns.separator)
        .has_headers(columns.headed)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let entry = |row: csv::StringRecord| {
        let title = columns.title.and_then(|column| row.get(column)).map(str::to_owned);
        Some((link(row.get(columns.link)?)?, title))
    };
    reader.records().map_while(Result::ok).filter_map(entry).take(LIMIT).collect()
}

/// One link per line, a title behind it or in an `#EXTINF` before it; all else behind `#` is a remark.
fn from_lines(text: &str, at: Option<&Url>) -> Vec<Entry> {
    let at = at.filter(|_| text.starts_with("#EXTM3U"));
    let mut entries = Vec::new();
    let mut title = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(told) = line.strip_prefix("#EXTINF:") {
            title = behind_comma(told).map(str::to_owned);
        } else if !line.starts_with('#') {
            let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let found = link(first).map(|link| (link, (!rest.is_empty()).then(|| rest.to_owned())));
            let found = found.or_else(|| Some((link(at?.join(line).ok()?.as_str())?, None)));
            let told = title.take();
            entries.extend(found.map(|(link, behind)| (link, told.or(behind))));
        }
        if entries.len() == LIMIT {
            break;
        }
    }
    entries
}

/// What stands behind the first comma that is in no quotes: attributes before it may hold some.
fn behind_comma(told: &str) -> Option<&str> {
    let mut quoted = false;
    let comma = told.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ',' && !quoted
    });
    comma.map(|(at, _)| at).or_else(|| told.find(',')).map(|at| &told[at + 1..])
}

/// A link in full, if that is what the text is; `youtu.be/x` counts, a word with a dot does not.
fn link(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    if text.is_empty() || text.len() > LINK_LIMIT || text.contains(char::is_whitespace) {
        return None;
    }
    let url = match Url::parse(text) {
        Err(url::ParseError::RelativeUrlWithoutBase) if is_bare(text) => Url::parse(&format!("https://{text}")),
        parsed => parsed,
    };
    url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()).map(String::from)
}

/// A host with a dot and a letter after it, a slash, and something behind that.
fn is_bare(text: &str) -> bool {
    text.split_once('/').is_some_and(|(host, path)| {
        !path.is_empty() && host.rsplit_once('.').is_some_and(|(name, top)| !name.is_empty() && top.len() > 1)
    })
}
