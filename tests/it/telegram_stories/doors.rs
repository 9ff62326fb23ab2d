//! Links that lead to the bot, and the bot in other chats.

use super::*;

#[tokio::test]
async fn an_invite_makes_a_private_chat_the_remote_control() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let invite = world.view(&club()).await.invite.clone();
    let alone = Chat::private(&BEN);
    let answer = world.telegram.hears(&alone, &BEN, &format!("/start {invite}")).await;
    assert_eq!(answer, "You are invited to Friday film club.");
    assert_eq!(world.telegram.hears(&alone, &BEN, "/seek 3:00").await, "Now at 3:00.");
    assert_eq!(world.view(&club()).await.playback.position, Millis::seconds(180));
    let answer = world.telegram.hears(&alone, &BEN, "/start AAAAAAAAAAAAAAAA").await;
    assert_eq!(answer, "This invite link does not work any more. Ask for a new one.");
}

#[tokio::test]
async fn an_invite_in_a_group_of_ones_own_makes_nobody_a_co_host() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let invite = world.view(&club()).await.invite.clone();
    let own = Chat::group(-666, "Mallory's");
    world.telegram.makes_admin(&own, &BEN);
    let answer = world.telegram.hears(&own, &BEN, &format!("/start@{BOT} {invite}")).await;
    assert_eq!(answer, "You are invited to Friday film club.");
    let answer = world.telegram.hears(&own, &BEN, "/seek 3:00").await;
    assert!(answer.starts_with("Nothing is on in this chat yet."), "{answer}");
    assert_eq!(world.view(&club()).await.playback.position, Millis::ZERO);
}

#[tokio::test]
async fn an_invite_in_a_group_leads_to_the_private_chat_too() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let invite = world.view(&club()).await.invite.clone();
    let asked = world.telegram.says(&club(), &ANA, "/invite");
    let answer = world.telegram.message_in(&club(), |sent| sent.replies_to == Some(asked)).await;
    assert!(answer.links().contains(&format!("https://t.me/{BOT}?start={invite}")), "{:?}", answer.links());
    let alone = Chat::private(&BEN);
    let asked = world.telegram.says(&alone, &BEN, "/start");
    let hello = world.telegram.message_in(&alone, |sent| sent.replies_to == Some(asked)).await;
    assert_eq!(hello.links(), [format!("https://t.me/{BOT}?startgroup=true")]);
}

#[tokio::test]
async fn a_link_with_a_code_makes_nobody_one_with_who_made_it_before_they_say_so() {
    let world = World::new().await;
    let elsewhere = world.engine.people.guest("Ana elsewhere").await.unwrap().person;
    let code = world.engine.people.link_code(elsewhere.id).await.unwrap().code;
    let alone = Chat::private(&ANA);
    let said = world.telegram.says(&alone, &ANA, &format!("/start link_{}", code.reveal()));
    let asked = world.telegram.answer_to(&alone, said).await;
    assert!(asked.contains(&format!("write /link {}.", code.reveal())), "{asked}");
    let identities = || world.engine.people.identities(elsewhere.id);
    assert!(identities().await.unwrap().is_empty());
    let answer = world.telegram.hears(&alone, &ANA, &format!("/link {}", code.reveal())).await;
    let identities = identities().await.unwrap();
    let ana = world.engine.people.on_platform(Platform::Telegram, "7", "Ana").await.unwrap().person.id;
    assert!(ana == elsewhere.id || identities.is_empty(), "{answer}");
    let wrong = world.telegram.hears(&alone, &ANA, "/start link_AAAAAA").await;
    assert!(!wrong.is_empty() && wrong != answer);
}

#[tokio::test]
async fn ones_rooms_can_be_shown_in_any_chat_and_nobody_elses() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let invite = world.view(&club()).await.invite.clone();
    let query = world.telegram.asks_inline(&ANA, "");
    let answer = world.telegram.inline_answer(&query).await;
    assert!(answer.personal && answer.cache_time <= 60);
    assert_eq!(answer.results.len(), 1);
    let shown = world.telegram.picks(&query, "Friday film club", &ANA).await;
    assert!(shown.text.starts_with("Friday film club\nSintel"), "{}", shown.text);
    assert_eq!(shown.links(), [format!("https://couch.example/j/{invite}")]);
    for (user, words) in [(BEN, ""), (ANA, "zebra")] {
        let query = world.telegram.asks_inline(&user, words);
        assert!(world.telegram.inline_answer(&query).await.results.is_empty());
    }
}

#[tokio::test]
async fn a_link_behind_the_bots_name_is_watched_where_it_is_sent() {
    let world = World::new().await;
    let query = world.telegram.asks_inline(&ANA, SINTEL);
    let answer = world.telegram.inline_answer(&query).await;
    let text = answer.results[0]["input_message_content"]["message_text"].as_str().unwrap().to_owned();
    assert!(world.engine.places.on(Platform::Telegram).await.unwrap().is_empty(), "typing made a room");
    world.telegram.says_with(&club(), &ANA, Note::text(&text).via_bot());
    assert!(world.card(&club(), "Starts when").await.text.starts_with("Sintel\n"));
}

#[tokio::test]
async fn a_code_for_ones_selves_is_not_shown_to_a_group() {
    let world = World::new().await;
    let answer = world.telegram.hears(&club(), &ANA, "/link").await;
    assert_eq!(answer, "Others would read the code here. Write /link to me alone, in our private chat.");
    let answer = world.telegram.hears(&Chat::private(&ANA), &ANA, "/link").await;
    assert!(answer.starts_with("Type /link "), "{answer}");
}

#[tokio::test]
async fn an_invite_is_not_enough_where_a_room_asks_for_a_password() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    world.telegram.hears(&club(), &ANA, "/settings password sesame").await;
    let view = world.view(&club()).await;
    let alone = Chat::private(&BEN);
    let answer = world.telegram.hears(&alone, &BEN, &format!("/start {}", view.invite)).await;
    assert!(answer.starts_with("This room asks for a password."), "{answer}");
    let ben = world.engine.people.on_platform(Platform::Telegram, "8", "Ben").await.unwrap().person.id;
    assert!(!world.engine.people.is_admitted(view.id, ben).await.unwrap());
    let place = PlaceId { platform: Platform::Telegram, chat: BEN.id, topic: None };
    assert_eq!(world.engine.places.get(&place).await, Ok(None));
}
