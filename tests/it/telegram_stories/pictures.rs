//! The picture above a card.

use async_trait::async_trait;
use engine::{
    lists::List,
    media::{Category, Media, Segment},
    refusal::Refusal,
};
use url::Url;

use super::*;

const STILL: &str = "https://films.example/still.jpg";

/// Films that have a picture.
struct Pictured(Table);

fn pictured(media: Media) -> Media {
    Media { thumbnail: Some(STILL.to_owned()), ..media }
}

#[async_trait]
impl Resolve for Pictured {
    fn recognise(&self, link: &Url) -> Result<Option<Media>, Refusal> {
        Ok(self.0.recognise(link)?.map(pictured))
    }

    async fn probe(&self, link: &Url) -> Result<Media, Refusal> {
        self.0.probe(link).await.map(pictured)
    }

    async fn search(&self, words: &str) -> Result<Vec<Media>, Refusal> {
        self.0.search(words).await
    }

    async fn segments(&self, media: &Media, categories: &[Category]) -> Result<Vec<Segment>, Refusal> {
        self.0.segments(media, categories).await
    }

    async fn list(&self, link: &Url) -> Result<Option<List>, Refusal> {
        self.0.list(link).await
    }
}

async fn pictures() -> World {
    let (telegram, films) = (FakeTelegram::start().await, Arc::new(Pictured(films())));
    World::made(telegram, MemoryStore::new(), "https://couch.example/", TOKEN, None, films, &Settings::default())
}

#[tokio::test]
async fn a_picture_stands_above_the_card_and_its_link_nowhere_in_it() {
    let world = pictures().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    assert_eq!(card.preview["url"], STILL);
    assert_eq!(card.preview["show_above_text"], true);
    assert!(!card.text.contains(STILL), "{}", card.text);
    // An answer has no picture, whatever links stand in it.
    let asked = world.telegram.says(&club(), &BEN, "/now");
    let answer = world.telegram.message_in(&club(), |sent| sent.replies_to == Some(asked)).await;
    assert_eq!(answer.preview["is_disabled"], true);
}

#[tokio::test]
async fn a_picture_that_telegram_cannot_fetch_costs_the_card_nothing_else() {
    let world = pictures().await;
    world.telegram.refuses_pictures();
    let card = world.watches(&club(), &ANA, SINTEL).await;
    assert_eq!((&card.preview["is_disabled"], &card.preview["url"]), (&json!(true), &json!(null)));
    assert_eq!(card.links().len(), 1, "the way in went with the picture");
    let press = world.telegram.presses(&card, "+10 s", &BEN);
    assert_eq!(world.telegram.toast(&press).await.text, "Now at 0:10.");
    world.card(&club(), "at 0:10").await;
}
