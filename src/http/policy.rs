//! What the page may load and who may frame it: its Content-Security-Policy, made from one table of the players' frames.
//!
//! The table is `web/src/players/frames.json`, which the page's own players read too: no player can be added to one side alone.

use std::{collections::BTreeMap, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// The origins of every player's frames, by the player's or, for embeds, the site's name.
const FRAMES: &str = include_str!("../../web/src/players/frames.json");

/// Who may show the page in a frame of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framed {
    /// Nobody: the page in a browser.
    Never,
    /// Telegram's web client, in which its mini apps run.
    ByTelegram,
}

impl Framed {
    fn ancestors(self) -> &'static str {
        match self {
            Self::Never => "'none'",
            Self::ByTelegram => "https://web.telegram.org",
        }
    }

    /// A script that has to come from elsewhere: Telegram's client speaks to a page through its own only.
    fn scripts(self) -> &'static str {
        match self {
            Self::ByTelegram => " https://telegram.org",
            Self::Never => "",
        }
    }
}

/// The policy of a page: scripts and styles of this host, pictures over https, media from anywhere, frames of the players.
/// `style-src` needs no `unsafe-inline`: the viewer sets styles through the CSSOM.
pub fn of(framed: Framed) -> &'static str {
    static POLICIES: LazyLock<[String; 2]> = LazyLock::new(|| [Framed::Never, Framed::ByTelegram].map(policy));
    &POLICIES[framed as usize]
}

fn policy(framed: Framed) -> String {
    let (players, scripts, ancestors) = (origins(FRAMES).join(" "), framed.scripts(), framed.ancestors());
    format!(
        "default-src 'self'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' https: data:; \
         media-src 'self' http: https: blob:; connect-src 'self' http: https: ws: wss: blob:; \
         frame-src {players}; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}

/// What stands in elements of a name that have no attributes, as a policy names it: each with a blank before it.
pub fn hashes(page: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let inside = page.split(&open).skip(1).filter_map(|rest| rest.split(&close).next());
    let named: Vec<String> =
        inside.map(|text| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(text)))).collect();
    named.concat()
}

/// The origins of the table, each once. None where the table cannot be read: no frame is allowed then. A test reads it.
fn origins(table: &str) -> Vec<String> {
    let table: BTreeMap<String, Vec<String>> = serde_json::from_str(table).unwrap_or_default();
    let mut origins: Vec<String> = table.into_values().flatten().collect();
    origins.sort();
    origins.dedup();
    if origins.is_empty() { vec!["'none'".to_owned()] } else { origins }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directive(policy: &str, name: &str) -> Vec<String> {
        let found = policy.split("; ").find_map(|one| one.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
        found.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_page_frames_the_players_of_the_table_and_nothing_else() {
        let allowed = directive(of(Framed::Never), "frame-src");
        assert!(allowed.contains(&"https://www.youtube-nocookie.com".to_owned()));
        for origin in &allowed {
            let url = url::Url::parse(origin).unwrap_or_else(|no| panic!("{origin}: {no}"));
            assert_eq!((url.scheme(), url.path(), url.query()), ("https", "/", None), "{origin}");
            assert!(!origin.contains(['*', ';', ',']) && !origin.ends_with('/'), "{origin} is one origin");
        }
    }

    #[test]
    fn every_embedded_player_has_its_frames_in_the_table() {
        let table: BTreeMap<String, Vec<String>> = serde_json::from_str(FRAMES).unwrap();
        for player in ["youtube", "vimeo", "twitch", "dailymotion"] {
            assert!(table.get(player).is_some_and(|origins| !origins.is_empty()), "{player}");
        }
        for site in crate::resolve::sites::EMBEDS {
            assert!(table.contains_key(*site), "{site} is embedded, and the page may not frame it");
        }
        assert_eq!(table.len(), 4 + crate::resolve::sites::EMBEDS.len(), "every frame belongs to a player");
    }

    #[test]
    fn a_table_that_cannot_be_read_allows_no_frame() {
        assert_eq!(origins("[]"), ["'none'"]);
    }

    #[test]
    fn a_page_is_framed_by_nobody_but_where_it_lives_in_a_chat() {
        assert_eq!(directive(of(Framed::Never), "frame-ancestors"), ["'none'"]);
        assert_eq!(directive(of(Framed::Never), "script-src"), ["'self'"]);
        assert!(directive(of(Framed::ByTelegram), "frame-ancestors").contains(&"https://web.telegram.org".to_owned()));
        assert_eq!(directive(of(Framed::ByTelegram), "script-src"), ["'self'", "https://telegram.org"]);
        for framed in [Framed::Never, Framed::ByTelegram] {
            assert!(!of(framed).contains("unsafe"), "{framed:?}");
            assert_eq!(directive(of(framed), "frame-src"), directive(of(Framed::Never), "frame-src"));
        }
    }
}
