//! Media by table: what links are, without a network. For scripts, benchmarks and tests.

use std::collections::HashMap;

use async_trait::async_trait;
use url::Url;

use crate::{
    lists::List,
    media::{Category, Media, Player, Segment},
    ports::Resolve,
    refusal::{Code, Refusal},
    segments,
    time::Millis,
};

/// How many media a search finds at most.
const FOUND: usize = 8;

/// Knows what it was told.
#[derive(Debug, Clone, Default)]
pub struct Table {
    media: HashMap<String, Media>,
    /// Parts of media, by the link of these.
    segments: HashMap<String, Vec<Segment>>,
    /// Lists by their links: a title, and the links of what stands in them.
    lists: HashMap<String, (String, Vec<String>)>,
}

impl Table {
    /// The same, knowing a video file more.
    #[must_use]
    pub fn video(mut self, link: &str, title: &str, duration: Millis) -> Self {
        let media =
            Media { title: Some(title.to_owned()), duration: Some(duration), ..Media::bare(link, Player::Video) };
        self.media.insert(link.to_owned(), media);
        self
    }

    /// The same, knowing that the medium of this link has parts that one may skip.
    #[must_use]
    pub fn parts(mut self, link: &str, parts: &[Segment]) -> Self {
        self.segments.insert(link.to_owned(), parts.to_vec());
        self
    }

    /// The same, knowing that this link is a list of others. Those that it does not know otherwise do not count.
    #[must_use]
    pub fn playlist(mut self, link: &str, title: &str, links: &[&str]) -> Self {
        self.lists.insert(link.to_owned(), (title.to_owned(), links.iter().map(ToString::to_string).collect()));
        self
    }
}

#[async_trait]
impl Resolve for Table {
    fn recognise(&self, link: &Url) -> Result<Option<Media>, Refusal> {
        Ok(self.media.get(link.as_str()).cloned())
    }

    async fn probe(&self, link: &Url) -> Result<Media, Refusal> {
        self.media.get(link.as_str()).cloned().ok_or_else(|| Code::NotMedia.into())
    }

    async fn search(&self, words: &str) -> Result<Vec<Media>, Refusal> {
        let words = words.to_lowercase();
        let hit = |media: &&Media| media.label().to_lowercase().contains(&words);
        let mut found: Vec<Media> = self.media.values().filter(hit).cloned().collect();
        // The map has no order of its own, and whoever looks twice wants to see the same.
        found.sort_by(|one, other| one.url.cmp(&other.url));
        found.truncate(FOUND);
        Ok(found)
    }

    async fn segments(&self, media: &Media, categories: &[Category]) -> Result<Vec<Segment>, Refusal> {
        let known = self.segments.get(&media.url).into_iter().flatten();
        Ok(segments::merged(known.filter(|part| categories.contains(&part.category)).copied().collect()))
    }

    async fn list(&self, link: &Url) -> Result<Option<List>, Refusal> {
        let Some((title, links)) = self.lists.get(link.as_str()) else { return Ok(None) };
        let media = links.iter().filter_map(|link| self.media.get(link)).cloned().collect();
        Ok(Some(List { title: Some(title.clone()), media, first: None }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_table_tells_the_parts_and_the_lists_that_it_was_told() {
        let part = |start, end, category| Segment { start: Millis(start), end: Millis(end), category };
        let table = Table::default()
            .video("https://films.example/1.mp4", "One", Millis(9_000))
            .video("https://films.example/2.mp4", "Two", Millis(9_000))
            .parts(
                "https://films.example/1.mp4",
                &[
                    part(500, 900, Category::Sponsor),
                    part(0, 600, Category::Sponsor),
                    part(2_000, 3_000, Category::Intro),
                ],
            )
            .playlist(
                "https://films.example/all",
                "All",
                &["https://films.example/2.mp4", "https://films.example/3.mp4"],
            );
        let one = table.probe(&"https://films.example/1.mp4".parse().unwrap()).await.unwrap();
        let parts = table.segments(&one, &[Category::Sponsor]).await.unwrap();
        assert_eq!(parts, [part(0, 900, Category::Sponsor)]);
        let list = table.list(&"https://films.example/all".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((list.title.as_deref(), list.media.len(), list.media[0].label()), (Some("All"), 1, "Two"));
        assert_eq!(table.list(&"https://films.example/1.mp4".parse().unwrap()).await.unwrap(), None);
    }
}
