//! What people write is read in every chat of the room and in its web chat, once, and calls nobody.

use super::*;
use crate::fake_telegram::Sent;

const MOD: fake_discord::User = fake_discord::User::manager(1_100_000_000_000_000_003, "Mod");

impl Couch {
    /// The same, with lines going both ways in both chats: who manages them typed so.
    async fn with_lines() -> Self {
        let couch = Self::with_a_film_that_stands().await;
        couch.telegram.sees_all();
        let answer = couch.discord.asks(FILM_CLUB, MOD, "/settings setting:bridge value:on").await;
        assert!(answer.text().contains("bridge: on"), "{}", answer.text());
        let answer = couch.telegram.hears(&couch.chat, &CHIEF, "/settings bridge on").await;
        assert!(answer.contains("bridge: on"), "{answer}");
        couch
    }

    /// Waits for a line in the web chat.
    async fn reads(&mut self, text: &str) -> Value {
        let is_it = |frame: &Value| frame["kind"] == "said" && frame["text"].as_str().unwrap_or("").contains(text);
        self.viewer.hears_any(text, is_it).await
    }

    async fn on_telegram(&self, text: &str) -> Sent {
        self.telegram.message_in(&self.chat, |sent| sent.text.contains(text)).await
    }

    async fn on_discord(&self, text: &str) -> fake_discord::Message {
        self.discord.message_in(FILM_CLUB, |message| message.text().contains(text)).await
    }

    /// How often something stands in the Discord channel by our hand, and in the Telegram group.
    fn times(&self, text: &str) -> (usize, usize) {
        let discord = self.discord.messages(FILM_CLUB);
        let discord = discord.iter().map(|message| message.text().matches(text).count()).sum();
        let telegram = self.telegram.messages(&self.chat);
        (discord, telegram.iter().map(|sent| sent.text.matches(text).count()).sum())
    }
}

#[tokio::test]
async fn a_line_on_discord_is_read_everywhere_else_once_and_follows_what_becomes_of_it() {
    let mut couch = Couch::with_lines().await;
    let line = format!("@everyone popcorn for <@{}>?", MOD.id);
    let said = couch.discord.says(FILM_CLUB, ANA, &line);
    let heard = couch.reads("popcorn").await;
    assert_eq!((&heard["by"]["name"], &heard["by"]["door"]), (&json!("Ana"), &json!("discord")));
    assert_eq!(heard["text"], "@everyone popcorn for @Mod?", "a name and no number");
    let there = couch.on_telegram("popcorn").await;
    assert!(there.text.starts_with("Ana: ") || there.text.starts_with("Ana\n"), "{}", there.text);
    let calls = there.entities.iter().filter(|entity| entity["type"] == "mention" || entity["type"] == "text_mention");
    assert_eq!(calls.count(), 0, "{:?}", there.entities);

    couch.discord.corrects(said, "no, pretzels");
    let reworded = couch.viewer.hears("reworded").await;
    assert_eq!((&reworded["line"], &reworded["text"]), (&heard["seq"], &json!("no, pretzels")));
    let there = couch.telegram.message_is(&there, |sent| sent.text.contains("no, pretzels")).await;

    // Another line, by which all that came before is through.
    couch.discord.says(FILM_CLUB, ANA, "and tea");
    couch.reads("and tea").await;
    couch.on_telegram("and tea").await;
    assert_eq!((couch.times("pretzels"), couch.times("popcorn")), ((0, 1), (0, 0)));

    couch.discord.unsays(said);
    let erased = couch.viewer.hears("erased").await;
    assert_eq!(erased["line"], heard["seq"]);
    let chat = couch.chat;
    let gone = |sent: &Sent| !sent.text.contains("pretzels");
    tokio::select! {
        () = couch.telegram.gone(&there) => {}
        _ = couch.telegram.message_is(&there, gone) => {}
    }
    assert!(couch.telegram.messages(&chat).iter().all(gone));
    couch.ends().await;
}

#[tokio::test]
async fn a_line_of_the_page_is_read_in_both_chats_and_calls_nobody() {
    let mut couch = Couch::with_lines().await;
    let calls = format!("@everyone <@{}> look at **this**", MOD.id);
    couch.viewer.says(&calls).await;
    let there = couch.on_discord("look at").await;
    for trick in ["@everyone", &format!("<@{}>", MOD.id), " **this"] {
        assert!(!there.text().contains(trick), "{trick} in {}", there.text());
    }
    // What Discord goes by: the fake objects to every message that does not say it, and here it is.
    let posts = couch.discord.calls("POST", &format!("channels/{}/messages", FILM_CLUB.id));
    assert_eq!(posts.last().unwrap().body["allowed_mentions"], json!({"parse": []}));
    // As it was written, but for what cannot be seen and keeps Telegram from making calls of names.
    let there = couch.on_telegram("look at").await.text;
    assert!(!there.contains("@everyone"), "{there}");
    assert!(there.replace('\u{2060}', "").contains(&calls), "{there}");
    couch.viewer.says("that was all").await;
    couch.on_discord("that was all").await;
    couch.on_telegram("that was all").await;
    assert_eq!(couch.times("look at"), (1, 1));
    couch.ends().await;
}

#[tokio::test]
async fn a_line_on_telegram_is_read_on_discord_once_and_follows_what_becomes_of_it() {
    let mut couch = Couch::with_lines().await;
    let said = couch.telegram.says(&couch.chat, &BORIS, "@here who brings <@&5> chips");
    let heard = couch.reads("chips").await;
    assert_eq!((&heard["by"]["name"], &heard["by"]["door"]), (&json!("Boris"), &json!("telegram")));
    let there = couch.on_discord("chips").await;
    assert!(there.text().starts_with("**Boris**"), "{}", there.text());
    for trick in ["@here", "<@&5>"] {
        assert!(!there.text().contains(trick), "{}", there.text());
    }
    couch.telegram.corrects(&couch.chat, said, "who brings crisps");
    couch.discord.message_is(there.id, |message| message.text().contains("crisps")).await;
    couch.telegram.says(&couch.chat, &BORIS, "and tea");
    couch.on_discord("and tea").await;
    assert_eq!((couch.times("chips"), couch.times("crisps")), ((0, 0), (1, 0)));
    couch.ends().await;
}

#[tokio::test]
async fn a_chat_without_the_bridge_keeps_its_lines_to_itself() {
    let mut couch = Couch::with_lines().await;
    couch.discord.asks(FILM_CLUB, MOD, "/settings setting:chat_in value:off").await;
    couch.discord.says(FILM_CLUB, ANA, "between us");
    // Discord tells in order: when this is answered, the line before was heard.
    couch.discord.asks(FILM_CLUB, MOD, "/settings setting:chat_in value:on").await;
    couch.discord.says(FILM_CLUB, ANA, "for everybody");
    couch.on_telegram("for everybody").await;
    couch.reads("for everybody").await;
    assert_eq!(couch.times("between us"), (0, 0));
    couch.ends().await;
}
