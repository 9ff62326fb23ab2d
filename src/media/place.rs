//! Where a file stands in the library: a path that leads nowhere else.

use std::{fmt, path::Path, path::PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// How many bytes a path may have.
const LONGEST: usize = 1_024;
/// How many folders deep a file may stand.
const DEEPEST: usize = 10;
/// What of a name stands in a link as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path within the library, its parts joined by `/`. None of them is empty, hidden, `.` or `..`, or holds a character that
/// some system takes for more than a part of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(String);

impl Place {
    /// From a path as it is written; none where it is not harmless.
    pub fn new(path: &str) -> Option<Self> {
        let good = path.len() <= LONGEST && path.split('/').count() <= DEEPEST && path.split('/').all(is_name);
        good.then(|| Self(path.to_owned()))
    }

    /// From the path of a link. A part that holds a slash once it is decoded is none.
    pub fn of_link(path: &str) -> Option<Self> {
        let parts = path.split('/').map(|part| percent_decode_str(part).decode_utf8().ok());
        let parts: Option<Vec<_>> = parts.map(|part| part.filter(|part| is_name(part))).collect();
        Self::new(&parts?.join("/"))
    }

    /// From what a directory walk found below `root`.
    pub fn below(root: &Path, path: &Path) -> Option<Self> {
        let parts: Option<Vec<_>> =
            path.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_str()).collect();
        Self::new(&parts?.join("/"))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The name without its ending.
    pub fn stem(&self) -> &str {
        self.name().rsplit_once('.').map_or(self.name(), |(stem, _)| stem)
    }

    /// The folder it stands in, without a slash at the end; none at the top.
    pub fn folder(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(folder, _)| folder)
    }

    /// A file beside it.
    pub fn beside(&self, name: &str) -> Option<Self> {
        match self.folder() {
            Some(folder) => Self::new(&format!("{folder}/{name}")),
            None => Self::new(name),
        }
    }

    /// As it stands in a link.
    pub fn link(&self) -> String {
        let parts: Vec<_> = self.0.split('/').map(|part| utf8_percent_encode(part, ESCAPED).to_string()).collect();
        parts.join("/")
    }

    /// Below a directory.
    pub fn under(&self, root: &Path) -> PathBuf {
        self.0.split('/').fold(root.to_owned(), |path, part| path.join(part))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_name(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with('.')
        && !part.chars().any(|c| {
            // On Windows a colon names a drive, or a stream of a file.
            cfg!(windows) && c == ':'
                || c.is_control()
                || matches!(c, '/' | '\\' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_its_directory_whatever_it_is_written_like() {
        let good = |path: &str| Place::of_link(path).map(|place| place.0);
        assert_eq!(good("a/b%20c.mp4").as_deref(), Some("a/b c.mp4"));
        assert_eq!(good("%C3%A4.mp4").as_deref(), Some("ä.mp4"));
        // Decoded once: what is left is the name of a file that is called so.
        assert_eq!(good("%252e%252e.mp4").as_deref(), Some("%2e%2e.mp4"));
        let deep = "a/".repeat(12) + "a.mp4";
        let long = "a".repeat(2_000);
        for bad in [
            "",
            "/",
            "//",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "../a",
            "a/../b",
            "a/..",
            ".",
            "./a",
            "%2e%2e/a",
            "%2E%2E",
            "..%2fa",
            "a%2fb",
            "a%2F..%2Fb",
            "a%5c..%5cb",
            "..\\a",
            "C:\\a",
            "%00",
            "a%00.mp4",
            "a\0",
            ".hidden",
            "a/.git/config",
            "%2ehidden",
            "a%0a",
            "%ff%fe",
            "a\u{202e}4pm",
            &deep,
            &long,
        ] {
            assert_eq!(good(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_place_knows_its_parts_and_its_link() {
        let place = Place::new("a b/film.en.vtt").unwrap();
        assert_eq!((place.name(), place.stem(), place.folder()), ("film.en.vtt", "film.en", Some("a b")));
        assert_eq!(place.link(), "a%20b/film.en.vtt");
        assert_eq!(place.beside("x.mp4").unwrap().as_str(), "a b/x.mp4");
        assert_eq!(Place::of_link(&place.link()), Some(place));
    }
}
