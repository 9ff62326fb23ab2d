//! The live card as an embed with buttons.

use poise::serenity_prelude as serenity;
use url::Url;

use super::{answer, text};
use crate::live_card::Card;

/// The stripe at the side: the product's own orange.
const STRIPE: u32 = 0x00fa_8440;
/// How long the link of a picture may be.
const PICTURE_LIMIT: usize = 2_048;

/// What stands in the card.
pub(super) fn embed(card: &Card) -> serenity::CreateEmbed {
    let title = text::fit(&text::plain(&card.title), text::TITLE_LIMIT);
    let embed = serenity::CreateEmbed::new().colour(STRIPE).title(title).description(description(card));
    match card.image.as_deref().and_then(picture) {
        Some(picture) => embed.image(picture),
        None => embed,
    }
}

/// What can be pressed below it.
pub(super) fn buttons(card: &Card) -> Vec<serenity::CreateActionRow> {
    answer::rows(&card.buttons, Some(card.room), true)
}

fn description(card: &Card) -> String {
    let status = text::plain(&card.status);
    let (state, rest) = status.split_once(' ').unwrap_or((&status, ""));
    let mut status = format!("**{state}** {rest}").trim_end().to_owned();
    if let Some(ends) = card.ends_at_wall_ms {
        // Discord keeps these words right by itself, so the card need not be written anew for the time that passes.
        status = format!("{status}, ends <t:{}:R>", ends.div_euclid(1000));
    }
    let mut lines = vec![status];
    lines.extend(card.lines.iter().map(|line| text::plain(line)));
    if !answer::linkable(&card.link) {
        lines.push(format!("Open the room: {}", card.link));
    }
    text::fit(&lines.join("\n"), text::DESCRIPTION_LIMIT)
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
    use crate::{Action, Button};

    fn playing() -> Card {
        Card {
            room: RoomId(Uuid::from_u128(7)),
            title: "Sintel".to_owned(),
            status: "Playing for 5 people".to_owned(),
            lines: vec!["Added by Maya. Next is Cosmos Laundromat, 6 in the queue.".to_owned()],
            buttons: vec![
                Button::act(Action::Pause),
                Button::act(Action::Back10),
                Button::act(Action::Forward10),
                Button::act(Action::Skip),
                Button::act(Action::Queue),
                Button::open("https://couch.example/j/abc".to_owned()),
            ],
            link: "https://couch.example/j/abc".to_owned(),
            image: Some("https://pictures.example/sintel.jpg".to_owned()),
            ends_at_wall_ms: Some(1_700_000_000_000),
            paused_at: None,
        }
    }

    fn json(card: &Card) -> serde_json::Value {
        serde_json::json!({"embed": embed(card), "rows": buttons(card)})
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
        let card = Card { buttons: vec![Button::open(link.clone())], link: link.clone(), ..playing() };
        let json = json(&card);
        assert!(json["embed"]["description"].as_str().unwrap().ends_with(&link));
        assert_eq!(json["rows"], serde_json::json!([]));
    }
}
