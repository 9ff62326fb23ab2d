//! The menus that Telegram shows.

use super::*;

#[tokio::test]
async fn each_menu_shows_what_its_people_may_in_their_language() {
    let world = World::new().await;
    let names = async |scope: &str, language: &str| {
        world.telegram.commands_of(scope, language).await.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    let everybody = names("all_group_chats", "").await;
    assert!(everybody.contains(&"watch".to_owned()) && !everybody.contains(&"ban".to_owned()), "{everybody:?}");
    for scope in ["all_private_chats", "all_chat_administrators"] {
        for language in ["", "de", "ru", "es", "zh"] {
            let all = names(scope, language).await;
            assert!(all.contains(&"ban".to_owned()) && all.contains(&"settings".to_owned()), "{scope} {language}");
        }
    }
    let english = world.telegram.commands_of("all_group_chats", "").await;
    assert!(english.iter().any(|(name, about)| name == "pause" && about == "Pause for everybody."), "{english:?}");
    assert!(world.telegram.state().menu_buttons.is_empty());
}

#[tokio::test]
async fn menus_that_are_right_are_not_told_again() {
    let world = World::new().await;
    world.telegram.called("setmycommands", 15).await;
    let world = world.restarts().await;
    world.telegram.called("getmycommands", 30).await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    assert_eq!(world.telegram.calls_of("setmycommands"), 15);
}

#[tokio::test]
async fn a_mini_app_stands_beside_the_text_field_and_opens_rooms() {
    let telegram = FakeTelegram::start().await;
    let world = World::with_app(telegram, MemoryStore::new(), "https://couch.example", TOKEN, Some("couch"));
    let card = world.watches(&club(), &ANA, SINTEL).await;
    let invite = world.view(&club()).await.invite.clone();
    assert_eq!(card.links(), [format!("https://t.me/{BOT}/couch?startapp={invite}")]);
    world.telegram.called("setchatmenubutton", 1).await;
    let button = world.telegram.state().menu_buttons[&0].clone();
    assert_eq!(button["web_app"]["url"], format!("https://t.me/{BOT}/couch"));
}
