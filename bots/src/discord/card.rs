//! The live card: a container of components with a picture, what is on and what can be pressed; an embed with buttons where
//! Discord does not take such a container.

use poise::serenity_prelude as serenity;
use serde_json::{Value, json};
use url::Url;

use super::{answer, text};
use crate::{live_card::Card, say};

/// The stripe at the side: the product's own orange.
const STRIPE: u32 = 0x00fa_8440;
/// How long the text below the title may be: a container takes 4,000 characters in all, the title has its own limit.
const TEXT_LIMIT: usize = 3_000;
/// How long the link of a picture may be.
const PICTURE_LIMIT: usize = 2_048;
/// The flag of a message that is made of components alone.
pub(super) const COMPONENTS: u64 = 1 << 15;

/// How a card is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Components alone. A message that was made of them can never be anything else.
    Components,
    /// An embed and rows of buttons.
    Embed,
}

/// The body of the message that is the card: of a new one, or of an edit, after which nothing else is left of what it was.
pub(super) fn message(card: &Card, look: Look) -> Value {
    match look {
        Look::Components => json!({
            "flags": COMPONENTS,
            "content": null,
            "embeds": [],
            "components": [container(card)],
            "allowed_mentions": answer::mentions(&[]),
        }),
        Look::Embed => json!({
            "embeds": [embed(card)],
            "components": buttons(card),
            "allowed_mentions": answer::mentions(&[]),
        }),
    }
}

/// The bodies to try until Discord takes one: with the picture and without, as whoever made the page of a film chose it and
/// Discord does not like all; and as an embed where it takes no components.
pub(super) fn tries(card: &Card, look: Look) -> Vec<(Look, Value)> {
    let bare = card.image.is_some().then(|| Card { image: None, ..card.clone() });
    let cards: Vec<_> = std::iter::once(card).chain(&bare).collect();
    let looks = if look == Look::Components { &[Look::Components, Look::Embed][..] } else { &[Look::Embed] };
    looks.iter().flat_map(|look| cards.iter().map(|card| (*look, message(card, *look)))).collect()
}

/// What is left of a card that another one replaced: what it was about, and nothing to press.
pub(super) fn disarmed(message: &Value) -> Value {
    if message["flags"].as_u64().unwrap_or_default() & COMPONENTS == 0 {
        return json!({"components": [], "allowed_mentions": answer::mentions(&[])});
    }
    let outer = message["components"].as_array().into_iter().flatten();
    let inner = outer.flat_map(|container| container["components"].as_array().into_iter().flatten());
    let title = inner.filter(|part| part["type"] == 10).find_map(|part| part["content"].as_str()).unwrap_or("\u{2013}");
    let text = json!({"type": 10, "content": title});
    let container = json!({"type": 17, "accent_color": STRIPE, "components": [text]});
    json!({"flags": COMPONENTS, "components": [container], "allowed_mentions": answer::mentions(&[])})
}

fn container(card: &Card) -> Value {
    let mut parts = Vec::new();
    if let Some(picture) = card.image.as_deref().and_then(picture) {
        parts.push(json!({"type": 12, "items": [{"media": {"url": picture}}]}));
    }
    parts.push(json!({"type": 10, "content": format!("## {}", title(card))}));
    let mut lines = vec![status(card)];
    lines.extend(card.lines.iter().map(|line| format!("-# {}", text::plain(line).replace('\n', " "))));
    lines.extend(way_in(card));
    parts.push(json!({"type": 10, "content": text::fit(&lines.join("\n"), TEXT_LIMIT)}));
    let rows = buttons(card);
    if !rows.is_empty() {
        parts.push(json!({"type": 14}));
    }
    parts.extend(rows.iter().map(|row| json!(row)));
    json!({"type": 17, "accent_color": STRIPE, "components": parts})
}

fn embed(card: &Card) -> serenity::CreateEmbed {
    let mut lines = vec![status(card)];
    lines.extend(card.lines.iter().map(|line| text::plain(line)));
    lines.extend(way_in(card));
    let description = text::fit(&lines.join("\n"), text::DESCRIPTION_LIMIT);
    let embed = serenity::CreateEmbed::new().colour(STRIPE).title(title(card)).description(description);
    match card.image.as_deref().and_then(picture) {
        Some(picture) => embed.image(picture),
        None => embed,
    }
}

fn buttons(card: &Card) -> Vec<serenity::CreateActionRow> {
    answer::rows(&card.buttons, Some(card.room), true)
}

fn title(card: &Card) -> String {
    text::fit(&text::plain(&card.title).replace('\n', " "), text::TITLE_LIMIT)
}

fn status(card: &Card) -> String {
    let status = text::plain(&card.status);
    let (state, rest) = status.split_once(' ').unwrap_or((&status, ""));
    let status = format!("**{state}** {rest}").trim_end().to_owned();
    // Discord keeps these words right by itself, so the card need not be written anew for the time that passes.
    let mark = |at: i64, form: char| format!("<t:{}:{form}>", at.div_euclid(1000));
    match (card.ends_at_wall_ms, card.opens_at_wall_ms) {
        (Some(ends), _) => say!(card.locale, "discord-ends", status = status, when = mark(ends, 'R')),
        (None, Some(opens)) => format!("{status} {}, {}", mark(opens, 'F'), mark(opens, 'R')),
        (None, None) => status,
    }
}

/// The link as text, where Discord takes no button with it.
fn way_in(card: &Card) -> Option<String> {
    (!answer::linkable(&card.link)).then(|| say!(card.locale, "discord-open-at", link = &card.link))
}

fn picture(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.as_str().len() <= PICTURE_LIMIT).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use engine::ids::RoomId;
    use uuid::Uuid;

    use super::*;
    use crate::{Action, Button, Locale};

    fn playing() -> Card {
        Card {
            room: RoomId(Uuid::from_u128(7)),
            locale: Locale::English,
            title: "Sintel".to_owned(),
            status: "Playing for 5 people".to_owned(),
            lines: vec!["Added by Maya. Next is Cosmos Laundromat, 6 in the queue.".to_owned()],
            buttons: vec![
                Button::act(Locale::English, Action::Pause),
                Button::act(Locale::English, Action::Back10),
                Button::act(Locale::English, Action::Forward10),
                Button::act(Locale::English, Action::Skip),
                Button::act(Locale::English, Action::Queue(0)),
                Button::open(Locale::English, "https://couch.example/j/abc".to_owned()),
            ],
            link: "https://couch.example/j/abc".to_owned(),
            image: Some("https://pictures.example/sintel.jpg".to_owned()),
            ends_at_wall_ms: Some(1_700_000_000_000),
            opens_at_wall_ms: None,
            paused_at: None,
        }
    }

    fn json(card: &Card) -> Value {
        json!({"embed": embed(card), "rows": buttons(card)})
    }

    #[test]
    fn the_container_has_the_picture_the_title_the_state_and_then_what_can_be_pressed() {
        let message = message(&playing(), Look::Components);
        assert_eq!(message["flags"], 1 << 15);
        let container = &message["components"][0];
        assert_eq!((&container["type"], &container["accent_color"]), (&json!(17), &json!(0x00fa_8440)));
        let parts = container["components"].as_array().unwrap();
        let kinds: Vec<_> = parts.iter().map(|part| part["type"].as_u64().unwrap()).collect();
        assert_eq!(kinds, [12, 10, 10, 14, 1, 1]);
        assert_eq!(parts[1]["content"], "## Sintel");
        assert_eq!(
            parts[2]["content"],
            "**Playing** for 5 people, ends <t:1700000000:R>\n-# Added by Maya. Next is Cosmos Laundromat, 6 in the queue."
        );
        assert_eq!(parts[4]["components"][0]["style"], 1, "the first one stands out");
    }

    #[test]
    fn a_room_that_is_not_open_yet_says_when_it_opens() {
        let card = Card {
            status: "Opens".to_owned(),
            ends_at_wall_ms: None,
            opens_at_wall_ms: Some(1_700_000_000_000),
            ..playing()
        };
        let message = message(&card, Look::Components);
        let text = message["components"][0]["components"][2]["content"].as_str().unwrap();
        assert!(text.starts_with("**Opens** <t:1700000000:F>, <t:1700000000:R>\n"), "{text}");
    }

    #[test]
    fn a_card_that_was_replaced_keeps_its_title_and_loses_its_buttons() {
        let left = disarmed(&message(&playing(), Look::Components));
        let parts = left["components"][0]["components"].as_array().unwrap().clone();
        assert_eq!(parts, [json!({"type": 10, "content": "## Sintel"})]);
        let left = disarmed(&message(&playing(), Look::Embed));
        assert_eq!(left["components"], json!([]));
        assert!(left["embeds"].is_null(), "the embed stays as it is");
    }

    #[test]
    fn the_card_tells_what_is_on_and_when_it_ends() {
        let json = json(&playing());
        assert_eq!(json["embed"]["color"], 0x00fa_8440);
        assert_eq!(json["embed"]["title"], "Sintel");
        assert_eq!(
            json["embed"]["description"],
            "**Playing** for 5 people, ends <t:1700000000:R>\nAdded by Maya. Next is Cosmos Laundromat, 6 in the queue."
        );
        assert_eq!(json["embed"]["image"]["url"], "https://pictures.example/sintel.jpg");
        assert_eq!(json["rows"][0]["components"].as_array().unwrap().len(), 4);
        assert_eq!(json["rows"][1]["components"][1]["url"], "https://couch.example/j/abc");
        assert_eq!(json["rows"][0]["components"][0]["style"], 1);
    }

    #[test]
    fn a_picture_that_is_no_page_of_the_web_is_left_out() {
        for image in ["javascript:alert(1)", "data:image/png;base64,AA", "not a link"] {
            let card = Card { image: Some(image.to_owned()), ..playing() };
            assert!(json(&card)["embed"]["image"].is_null(), "{image}");
        }
    }

    #[test]
    fn a_server_on_localhost_still_shows_its_way_in() {
        let link = "http://localhost:8080/j/abc".to_owned();
        let card = Card { buttons: vec![Button::open(Locale::English, link.clone())], link: link.clone(), ..playing() };
        let json = json(&card);
        assert!(json["embed"]["description"].as_str().unwrap().ends_with(&link));
        assert_eq!(json["rows"], serde_json::json!([]));
    }
}
