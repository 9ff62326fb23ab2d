//! An answer as Discord shows it, and how it gets there in time.

use std::{collections::HashSet, future::Future, pin::pin, time::Duration};

use poise::serenity_prelude as serenity;
use serde_json::{Value, json};

use super::text;
use crate::{Action, Button, CHOICES, Choice, Reply, reply::shortened};

/// Discord waits three seconds for the first answer. Half of that is for the rules, the other half for the way.
pub(super) const AT_ONCE: Duration = Duration::from_millis(1_500);
/// So many buttons stand in a row: more would break the row on a phone.
const ROW: usize = 4;
/// So many rows a message may have.
const ROWS: usize = 5;
/// The menu of what can be chosen: what a choice does stands in itself.
pub(super) const CHOOSE: &str = "s:choose";
/// How long a choice's label and value may be.
const CHOICE_LIMIT: usize = 100;
/// How many people one message calls at most: no more than stand in front of a room at night.
const CALLS: usize = 20;
/// How long what stands on a button may be.
const LABEL_LIMIT: usize = 80;
/// How long the link of a button may be.
const LINK_LIMIT: usize = 512;

/// Nobody is notified by what we write, whatever it says.
pub(super) fn nobody() -> serenity::CreateAllowedMentions {
    serenity::CreateAllowedMentions::new().all_users(false).all_roles(false).everyone(false)
}

/// Nobody is notified but these.
pub(super) fn mentions(users: &[u64]) -> Value {
    let mut mentions = json!({"parse": []});
    if !users.is_empty() {
        mentions["users"] = users.iter().take(CALLS).map(u64::to_string).collect();
    }
    mentions
}

/// A reply as the body of a message that calls these users. `more` are buttons of Discord's alone.
pub(super) fn message(reply: &Reply, calls: &[u64], more: Vec<serenity::CreateButton>) -> Value {
    let mut rows = rows(&reply.buttons, reply.room, false);
    rows.truncate(ROWS - 1);
    match rows.last_mut() {
        Some(serenity::CreateActionRow::Buttons(last)) if last.len() + more.len() <= ROW => last.extend(more),
        _ if !more.is_empty() => rows.push(serenity::CreateActionRow::Buttons(more)),
        _ => {}
    }
    if rows.len() < ROWS {
        rows.extend(menu(&reply.choices));
    }
    json!({
        "content": called(&words(reply), calls, text::MESSAGE_LIMIT),
        "components": rows,
        "allowed_mentions": mentions(calls),
    })
}

/// A text with those behind it who are called.
pub(super) fn called(text: &str, calls: &[u64], limit: usize) -> String {
    if calls.is_empty() {
        return text::fit(text, limit);
    }
    let calls: Vec<_> = calls.iter().take(CALLS).map(|user| format!("<@{user}>")).collect();
    let calls = calls.join(" ");
    format!("{}\n{calls}", text::fit(text, limit.saturating_sub(calls.len() + 1)))
}

/// Whether it asks somebody whether they are sure: that is between them and us.
pub(super) fn is_question(reply: &Reply) -> bool {
    reply.buttons.iter().any(|button| matches!(button, Button::Act { action, .. } if settles(*action)))
}

/// Whether a button is of no more use once it was pressed: the answer to a question.
pub(super) fn settles(action: Action) -> bool {
    matches!(
        action,
        Action::SureClear
            | Action::SureEnd
            | Action::SureUnlink
            | Action::SureBan(_)
            | Action::SureDelete(_)
            | Action::Never
            | Action::QueueThat
    )
}

/// The words of a reply, made safe to show.
fn words(reply: &Reply) -> String {
    let links = reply.buttons.iter().filter_map(|button| match button {
        Button::Link { url, .. } => Some(url.as_str()),
        Button::Act { .. } => None,
    });
    text::fit(&text::plain_around(&reply.text, links), text::MESSAGE_LIMIT)
}

/// What can be chosen, as one menu.
fn menu(choices: &[Choice]) -> Option<serenity::CreateActionRow> {
    let mut options: Vec<serenity::CreateSelectMenuOption> = Vec::new();
    let mut known = HashSet::new();
    for choice in choices.iter().filter(|choice| (1..=CHOICE_LIMIT).contains(&choice.value.len())) {
        // Two options with the same value are refused, with all the rest.
        if options.len() < CHOICES && !choice.label.trim().is_empty() && known.insert(&choice.value) {
            let label = shortened(&choice.label, CHOICE_LIMIT);
            options.push(serenity::CreateSelectMenuOption::new(label, choice.value.clone()));
        }
    }
    let kind = serenity::CreateSelectMenuKind::String { options: options.clone() };
    (!options.is_empty()).then(|| serenity::CreateActionRow::SelectMenu(serenity::CreateSelectMenu::new(CHOOSE, kind)))
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
        let reply = Reply { text, ..Reply::default() };
        let calls: Vec<u64> = (0..40).map(|user| u64::MAX - user).collect();
        for calls in [&[][..], &calls] {
            let message = message(&reply, calls, Vec::new());
            assert!(message["content"].as_str().unwrap().encode_utf16().count() <= text::MESSAGE_LIMIT);
        }
    }

    #[test]
    fn only_who_is_called_is_notified() {
        let reply = Reply { text: "May I? <@9>".to_owned(), ..Reply::default() };
        let message = message(&reply, &[7], Vec::new());
        assert_eq!(message["content"], "May I? \\<@\u{200b}9\\>\n<@7>");
        assert_eq!(message["allowed_mentions"], json!({"parse": [], "users": ["7"]}));
    }

    #[test]
    fn what_can_be_chosen_is_a_menu_that_discord_takes() {
        let choice = |label: &str, value: &str| Choice { label: label.to_owned(), value: value.to_owned() };
        let mut choices: Vec<_> = (0..40).map(|n| choice(&"x".repeat(200), &format!("v{n}"))).collect();
        choices.insert(0, choice("twice", "v0"));
        choices.insert(0, choice("too long", &"v".repeat(101)));
        let reply = Reply { choices, ..Reply::default() };
        let message = message(&reply, &[], vec![serenity::CreateButton::new("m:add").label("Add")]);
        let options = message["components"][1]["components"][0]["options"].as_array().unwrap().clone();
        assert_eq!(options.len(), CHOICES);
        assert_eq!((&options[0]["label"], &options[0]["value"]), (&json!("twice"), &json!("v0")));
        assert_eq!(options[1]["label"].as_str().unwrap().chars().count(), 100);
    }
}
