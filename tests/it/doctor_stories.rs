//! `onecouch doctor`: what somebody reads who sets a bot up.

use onecouch::{
    config::{Config, Discord, Secret, Telegram},
    doctor::{self, Finding, discord, telegram},
};
use serde_json::json;
use url::Url;

use crate::{
    fake_discord::{self, FakeDiscord},
    fake_telegram::{self, FakeTelegram},
    world::World,
};

fn at_discord(fake: &FakeDiscord) -> Discord {
    Discord { token: Some(Secret::new(fake_discord::TOKEN)), api_url: Some(fake.url()), ..Discord::default() }
}

fn at_telegram(fake: &FakeTelegram) -> Telegram {
    Telegram { token: Some(Secret::new(fake_telegram::TOKEN)), api_url: Some(fake.url.clone()), ..Telegram::default() }
}

fn brought_to(url: &Url) -> telegram::Wanted<'_> {
    telegram::Wanted { webhook_url: Some(url), ..telegram::Wanted::default() }
}

/// The line that has these words in it.
#[track_caller]
fn line(findings: &[Finding], words: &str) -> String {
    let found = findings.iter().map(ToString::to_string).find(|line| line.contains(words));
    found.unwrap_or_else(|| panic!("no line with {words}: {findings:#?}"))
}

#[track_caller]
fn begins(line: &str, begin: &str) {
    assert!(line.starts_with(begin), "{line}");
}

#[tokio::test]
async fn without_tokens_the_doctor_says_that_the_bots_are_off_and_nothing_is_to_be_mended() {
    let place = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.database.url = place.path().join("couch.db").display().to_string();
    let findings = doctor::look(&config).await;
    begins(&line(&findings, "discord.token"), "note  ");
    begins(&line(&findings, "telegram.token"), "note  ");
    assert!(!findings.iter().any(|finding| matches!(finding, Finding::Bad(_))), "{findings:#?}");
}

#[tokio::test]
async fn a_discord_bot_that_was_just_made_is_led_to_its_first_server() {
    let fake = FakeDiscord::start().await;
    fake.grants_message_content(false);
    fake.is_set("approximate_guild_count", json!(0));
    fake.is_set("integration_types_config", json!({ "0": {} }));
    let findings = discord::look(&at_discord(&fake)).await;
    begins(&line(&findings, "Discord knows the bot onecouch"), "ok    ");
    begins(&line(&findings, "Switch on Message Content Intent"), "note  ");
    let link = line(&findings, "install link");
    // View, send, embed, attach, read history, threads, send in them, events.
    let bits: u64 = [10, 11, 14, 15, 16, 35, 38, 44].into_iter().map(|bit| 1 << bit).sum();
    assert!(link.contains(&format!("client_id={}", fake_discord::APPLICATION)), "{link}");
    assert!(link.ends_with(&format!("&scope=bot+applications.commands&permissions={bits}")), "{link}");
    assert!(include_str!("../../docs/SELF-HOSTING.md").contains(&format!("&permissions={bits}\n")));
    begins(&line(&findings, "button for adding the bot to a server has no scopes"), "note  ");
    begins(&line(&findings, "tick User Install"), "note  ");
    begins(&line(&findings, "in no Discord server yet"), "note  ");
    begins(&line(&findings, "start the server, which registers them"), "note  ");
}

#[tokio::test]
async fn a_discord_bot_that_is_set_up_gets_nothing_but_good_words() {
    let fake = FakeDiscord::start().await;
    let permissions: u64 = bots::discord::PERMISSIONS.iter().map(|(_, bit)| bit).sum();
    let server = json!({ "scopes": ["bot", "applications.commands"], "permissions": permissions.to_string() });
    fake.is_set(
        "integration_types_config",
        json!({ "0": { "oauth2_install_params": server }, "1": { "oauth2_install_params": null } }),
    );
    let config = at_discord(&fake);
    let _world = World::start_with(|world| world.discord = config.clone()).await;
    fake.registered(1).await;
    for finding in discord::look(&config).await {
        assert!(matches!(finding, Finding::Good(_)), "{finding}");
    }
}

#[tokio::test]
async fn an_application_that_no_server_can_add_is_to_be_mended() {
    let fake = FakeDiscord::start().await;
    fake.is_set("integration_types_config", json!({ "1": {} }));
    let findings = discord::look(&at_discord(&fake)).await;
    begins(&line(&findings, "tick Guild Install"), "fix   ");
}

#[tokio::test]
async fn a_button_of_discord_that_gives_too_little_is_told_by_name() {
    let fake = FakeDiscord::start().await;
    let server = json!({ "scopes": ["applications.commands"], "permissions": (1 << 10 | 1 << 11).to_string() });
    fake.is_set("integration_types_config", json!({ "0": { "oauth2_install_params": server } }));
    let findings = discord::look(&at_discord(&fake)).await;
    let lacks = line(&findings, "button for adding the bot to a server lacks");
    assert!(lacks.contains("lacks bot, Embed Links,") && lacks.contains("Create Events"), "{lacks}");
    assert!(!lacks.contains("View Channels"), "{lacks}");
}

#[tokio::test]
async fn the_wrong_application_id_and_the_wrong_token_are_to_be_mended() {
    let fake = FakeDiscord::start().await;
    let wrong = Discord { application_id: Some(42), ..at_discord(&fake) };
    begins(&line(&discord::look(&wrong).await, "discord.application_id is 42"), "fix   ");
    fake.revokes_token();
    let findings = discord::look(&at_discord(&fake)).await;
    assert_eq!(findings.len(), 1);
    begins(&line(&findings, "discord.token is not valid"), "fix   ");
}

#[tokio::test]
async fn a_telegram_bot_that_was_just_made_is_told_what_else_there_is() {
    let fake = FakeTelegram::start().await;
    fake.is_set("can_read_all_group_messages", false);
    fake.has_no_inline();
    let findings = telegram::look(&at_telegram(&fake), telegram::Wanted::default()).await;
    begins(&line(&findings, "Telegram knows the bot @couch_bot"), "ok    ");
    begins(&line(&findings, "can be added to groups"), "ok    ");
    begins(&line(&findings, "/setprivacy"), "note  ");
    begins(&line(&findings, "/setinline"), "note  ");
    begins(&line(&findings, "set http.public_url"), "note  ");
    begins(&line(&findings, "/newapp"), "note  ");
    begins(&line(&findings, "menu lists none"), "note  ");
    begins(&line(&findings, "updates of Telegram are fetched"), "ok    ");
}

#[tokio::test]
async fn a_telegram_bot_that_is_set_up_gets_nothing_but_good_words() {
    let fake = FakeTelegram::start().await;
    fake.is_set("can_read_all_group_messages", true);
    let config = at_telegram(&fake);
    let _world = World::start_with(|world| world.telegram = config.clone()).await;
    fake.commands_of("all_chat_administrators", "").await;
    let url = Url::parse("https://couch.example").unwrap();
    let wanted = telegram::Wanted { public_url: Some(&url), webhook_url: None, mini_app: Some("couch") };
    let findings = telegram::look(&config, wanted).await;
    for finding in &findings {
        assert!(matches!(finding, Finding::Good(_)), "{finding}");
    }
    line(&findings, "https://t.me/couch_bot/couch");
}

#[tokio::test]
async fn a_telegram_bot_that_may_join_no_group_is_to_be_mended() {
    let fake = FakeTelegram::start().await;
    fake.is_set("can_join_groups", false);
    let findings = telegram::look(&at_telegram(&fake), telegram::Wanted::default()).await;
    begins(&line(&findings, "/setjoingroups"), "fix   ");
}

#[tokio::test]
async fn what_is_wrong_with_a_webhook_is_said_with_the_words_of_telegram() {
    let fake = FakeTelegram::start().await;
    let config = at_telegram(&fake);
    let ours = Url::parse("https://couch.example/telegram").unwrap();
    let findings = telegram::look(&config, brought_to(&ours)).await;
    begins(&line(&findings, "does not bring updates to https://couch.example/telegram yet"), "note  ");

    fake.has_webhook("https://couch.example/telegram");
    let findings = telegram::look(&config, brought_to(&ours)).await;
    begins(&line(&findings, "brings updates to https://couch.example/telegram"), "ok    ");

    fake.failed_to_deliver("Wrong response from the webhook: 502 Bad Gateway");
    let findings = telegram::look(&config, brought_to(&ours)).await;
    begins(&line(&findings, "502 Bad Gateway"), "fix   ");

    // Left over from another program, while ours fetches.
    let findings = telegram::look(&config, telegram::Wanted::default()).await;
    begins(&line(&findings, "telegram.webhook_url is not set"), "note  ");

    for unfit in ["http://couch.example/telegram", "https://couch.example:9000/telegram"] {
        let unfit = Url::parse(unfit).unwrap();
        begins(&line(&telegram::look(&config, brought_to(&unfit)).await, "Telegram takes"), "fix   ");
    }
}

#[tokio::test]
async fn a_mini_app_without_https_and_a_wrong_token_are_to_be_mended_and_no_token_is_printed() {
    let fake = FakeTelegram::start().await;
    let config = at_telegram(&fake);
    let http = Url::parse("http://couch.example").unwrap();
    let wanted = telegram::Wanted { public_url: Some(&http), mini_app: Some("couch"), webhook_url: None };
    begins(&line(&telegram::look(&config, wanted).await, "telegram.mini_app is set"), "fix   ");

    fake.revokes_token();
    begins(&line(&telegram::look(&config, wanted).await, "telegram.token is not valid"), "fix   ");

    let nobody = Telegram { api_url: Some(Url::parse("http://127.0.0.1:1/").unwrap()), ..config };
    let said = line(&telegram::look(&nobody, wanted).await, "Telegram cannot be reached");
    assert!(!said.contains(fake_telegram::TOKEN), "{said}");
}

#[tokio::test]
async fn an_activity_lacks_its_secret_its_key_and_https_until_it_has_them() {
    let fake = FakeDiscord::start().await;
    fake.is_set("verify_key", json!("0a".repeat(32)));
    let bare = Discord { activity: true, ..at_discord(&fake) };
    begins(&line(&discord::look(&bare).await, "discord.client_secret is not set"), "fix   ");
    let wrong = Discord {
        client_secret: Some(Secret::new(fake_discord::CLIENT_SECRET)),
        public_key: Some("0b".repeat(32)),
        ..bare
    };
    begins(&line(&discord::look(&wrong).await, "discord.public_key is 0b"), "fix   ");
    let good = Discord { public_key: Some("0A".repeat(32)), ..wrong };
    let findings = discord::look(&good).await;
    begins(&line(&findings, "rooms open within Discord"), "ok    ");
    assert!(!findings.iter().any(|finding| matches!(finding, Finding::Bad(_))), "{findings:#?}");
    assert!(!findings.iter().any(|finding| finding.to_string().contains(fake_discord::CLIENT_SECRET)));

    let place = tempfile::tempdir().unwrap();
    let mut config = Config { discord: good, ..Config::default() };
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.database.url = place.path().join("couch.db").display().to_string();
    begins(&line(&doctor::look(&config).await, "http.public_url is no https address"), "fix   ");
    config.http.public_url = Some(Url::parse("https://couch.example").unwrap());
    let findings = doctor::look(&config).await;
    assert!(!findings.iter().any(|finding| matches!(finding, Finding::Bad(_))), "{findings:#?}");
}
