//! An answer as Discord shows it, and how it gets there in time.

use std::{future::Future, pin::pin, time::Duration};

use poise::serenity_prelude as serenity;

use super::text;
use crate::{Button, Reply};

/// Discord waits three seconds for the first answer. Half of that is for the rules, the other half for the way.
pub(super) const AT_ONCE: Duration = Duration::from_millis(1_500);
/// So many buttons stand in a row: more would break the row on a phone.
const ROW: usize = 4;
/// So many rows a message may have.
const ROWS: usize = 5;
/// How long what stands on a button may be.
const LABEL_LIMIT: usize = 80;
/// How long the link of a button may be.
const LINK_LIMIT: usize = 512;

/// Nobody is notified by what we write, whatever it says.
pub(super) fn nobody() -> serenity::CreateAllowedMentions {
    serenity::CreateAllowedMentions::new().all_users(false).all_roles(false).everyone(false)
}

/// The words of a reply, made safe to show.
pub(super) fn words(reply: &Reply) -> String {
    let links = reply.buttons.iter().filter_map(|button| match button {
        Button::Link { url, .. } => Some(url.as_str()),
        Button::Act { .. } => None,
    });
    text::fit(&text::plain_around(&reply.text, links), text::MESSAGE_LIMIT)
}

/// The buttons of a reply.
pub(super) fn buttons(reply: &Reply) -> Vec<serenity::CreateActionRow> {
    rows(&reply.buttons, reply.room, false)
}

/// Buttons in rows; the first one stands out where `lead` says so.
pub(super) fn rows(
    buttons: &[Button],
    room: Option<engine::ids::RoomId>,
    lead: bool,
) -> Vec<serenity::CreateActionRow> {
    let shown = buttons.iter().enumerate().filter_map(|(index, button)| match button {
        Button::Link { label, url } => {
            linkable(url).then(|| serenity::CreateButton::new_link(url).label(text::fit(label, LABEL_LIMIT)))
        }
        Button::Act { label, action } => {
            let style =
                if lead && index == 0 { serenity::ButtonStyle::Primary } else { serenity::ButtonStyle::Secondary };
            let id = action.data(room?);
            Some(serenity::CreateButton::new(id).label(text::fit(label, LABEL_LIMIT)).style(style))
        }
    });
    let shown: Vec<_> = shown.take(ROW * ROWS).collect();
    shown.chunks(ROW).map(|row| serenity::CreateActionRow::Buttons(row.to_vec())).collect()
}

/// Whether Discord takes a link on a button. It takes none to a host without a dot, such as localhost, and would refuse the
/// whole message.
pub(super) fn linkable(link: &str) -> bool {
    let Ok(url) = url::Url::parse(link) else { return false };
    let host = url.host_str().unwrap_or_default();
    matches!(url.scheme(), "http" | "https") && link.len() <= LINK_LIMIT && host.contains(['.', ':'])
}

/// Does the work, and calls `hold` where it takes longer than somebody should wait for a sign of life. Tells whether it
/// did.
pub(super) async fn in_time<T>(work: impl Future<Output = T>, hold: impl Future<Output = ()>) -> (T, bool) {
    let mut work = pin!(work);
    if let Ok(done) = tokio::time::timeout(AT_ONCE, &mut work).await {
        return (done, false);
    }
    // The work goes on while Discord hears of it.
    let (done, ()) = tokio::join!(work, hold);
    (done, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_leads_only_where_discord_lets_it() {
        assert!(linkable("https://couch.example/j/abc"));
        assert!(linkable("http://192.0.2.1:8080/j/abc"));
        for link in ["http://localhost:8080/j/abc", "javascript:alert(1)", "ftp://couch.example", "", "/j/abc"] {
            assert!(!linkable(link), "{link}");
        }
        assert!(!linkable(&format!("https://couch.example/{}", "x".repeat(512))));
    }

    #[test]
    fn an_answer_of_any_length_fits_into_a_message() {
        let text = format!("1. {}, from {}\n", "*".repeat(100), "_".repeat(48)).repeat(15);
        let reply = Reply { text, refused: false, private: false, buttons: Vec::new(), room: None };
        assert!(words(&reply).encode_utf16().count() <= text::MESSAGE_LIMIT);
    }
}
