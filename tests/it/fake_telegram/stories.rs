//! That this Telegram can refuse at all: a client that knows no limits, by hand.

use std::time::Duration;

use axum::{Router, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Chat, FakeTelegram, InlineAnswer, Note, Poll, Rank, Sent, User};

const ANA: User = User { id: 7, name: "Ana" };

fn club() -> Chat {
    Chat::supergroup(-100, "Club")
}

/// One call of a bot without a library.
async fn call(telegram: &FakeTelegram, method: &str, body: Value) -> Value {
    let url = telegram.url.join(&format!("./bot{}/{method}", super::TOKEN)).unwrap();
    reqwest::Client::new().post(url).json(&body).send().await.unwrap().json().await.unwrap()
}

/// A message that stands.
async fn sends(telegram: &FakeTelegram, body: Value) -> Sent {
    let answer = call(telegram, "sendMessage", body).await;
    let id = answer["result"]["message_id"].as_i64().unwrap_or_else(|| panic!("{answer}"));
    telegram.state().sent.iter().find(|sent| sent.id == id).cloned().unwrap()
}

/// What Telegram says to an unfit thing; `fault` where the story would fail.
async fn refuses(telegram: &FakeTelegram, method: &str, body: Value, with: &str, fault: bool) {
    let answer = call(telegram, method, body.clone()).await;
    assert!(answer["description"].as_str().unwrap_or_default().contains(with), "{method} {body}: {answer}");
    assert_eq!(telegram.takes_problems().len(), usize::from(fault), "{method} {body}");
}

#[tokio::test]
async fn telegram_refuses_what_it_could_not_show() {
    let telegram = FakeTelegram::start().await;
    telegram.says(&club(), &ANA, "/hello");
    telegram.says(&Chat::private(&ANA), &ANA, "hello");
    let with = |change: Value| {
        let mut body = json!({"chat_id": -100, "text": "x"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let button = |button: Value| json!({"reply_markup": {"inline_keyboard": [[button]]}});
    for (change, no, fault) in [
        (json!({"text": " "}), "message text is empty", true),
        (json!({"text": "x".repeat(4097)}), "message is too long", true),
        (json!({"chat_id": -1}), "chat not found", false),
        (json!({"message_thread_id": 5, "chat_id": 7}), "message thread not found", false),
        (json!({"text": "<b>x", "parse_mode": "HTML"}), "can't parse entities", true),
        (json!({"text": "<x>x</x>", "parse_mode": "HTML"}), "can't parse entities", true),
        (json!({"text": "a.b", "parse_mode": "MarkdownV2"}), "can't parse entities", true),
        (json!({"text": "*a", "parse_mode": "MarkdownV2"}), "can't parse entities", true),
        (json!({"entities": [{"type": "bold", "offset": 0, "length": 2}]}), "ENTITY_BOUNDS_INVALID", true),
        (button(json!({"text": "x"})), "Text buttons are unallowed", true),
        (button(json!({"text": "x", "callback_data": "x".repeat(65)})), "BUTTON_DATA_INVALID", true),
        (button(json!({"text": "x", "url": "http://localhost/"})), "BUTTON_URL_INVALID", false),
        (button(json!({"text": "x", "web_app": {"url": "https://couch.example"}})), "BUTTON_TYPE_INVALID", true),
        (json!({"reply_parameters": {"message_id": 9}}), "message to be replied not found", false),
    ] {
        refuses(&telegram, "sendMessage", with(change), no, fault).await;
    }
    let mut app = button(json!({"text": "x", "web_app": {"url": "https://couch.example"}}));
    app["chat_id"] = json!(7);
    assert_eq!(sends(&telegram, with(app)).await.web_apps(), ["https://couch.example"]);
    let text = "<b>Sintel</b> &lt;3 <a href=\"https://couch.example\">open</a>";
    let sent = sends(&telegram, with(json!({"text": text, "parse_mode": "HTML"}))).await;
    assert_eq!((sent.text.as_str(), sent.entities.len()), ("Sintel <3 open", 2));
    let text = "*Sintel* \\- [open](https://couch.example)\\.";
    let sent = sends(&telegram, with(json!({"text": text, "parse_mode": "MarkdownV2"}))).await;
    assert_eq!((sent.text.as_str(), sent.entities.len()), ("Sintel - open.", 2));
    let edit = json!({"chat_id": -100, "message_id": sent.id, "text": text, "parse_mode": "MarkdownV2"});
    refuses(&telegram, "editMessageText", edit, "message is not modified", false).await;
    telegram.deletes(&sent);
    let edit = json!({"chat_id": -100, "message_id": sent.id, "text": "y"});
    refuses(&telegram, "editMessageText", edit, "message to edit not found", false).await;
    refuses(&telegram, "pinChatMessage", json!({"chat_id": -100, "message_id": 1}), "not enough rights", false).await;

    let commands = |name: &str| json!({"commands": [{"command": name, "description": "d"}], "language_code": "de"});
    refuses(&telegram, "setMyCommands", commands("Watch"), "BOT_COMMAND_INVALID", true).await;
    call(&telegram, "setMyCommands", commands("watch")).await;
    assert_eq!(telegram.commands_of("default", "de").await[0].0, "watch");
    assert!(telegram.state().commands.is_empty());
    refuses(&telegram, "doMagic", json!({}), "Not Found", true).await;
    let reaction =
        |emoji: &str| json!({"chat_id": -100, "message_id": 1001, "reaction": [{"type": "emoji", "emoji": emoji}]});
    refuses(&telegram, "setMessageReaction", reaction("✅"), "REACTION_INVALID", true).await;
    assert_eq!(call(&telegram, "setMessageReaction", reaction("👍")).await["ok"], true);

    let topic = club().topic(5);
    telegram.closes_topic(&topic);
    refuses(&telegram, "sendMessage", with(json!({"message_thread_id": 5})), "TOPIC_CLOSED", false).await;
    telegram.ranks_bot(&club(), &ANA, Rank::Kicked);
    refuses(&telegram, "sendMessage", with(json!({})), "bot was kicked from the supergroup", false).await;
}

#[tokio::test]
async fn telegram_counts_messages_and_remembers_who_does_not_wait() {
    let telegram = FakeTelegram::start().await;
    telegram.says(&club(), &ANA, "/hello");
    let body = || json!({"chat_id": -100, "text": "x"});
    for _ in 0..20 {
        sends(&telegram, body()).await;
    }
    let answer = call(&telegram, "sendMessage", body()).await;
    assert!(answer["error_code"] == 429 && answer["parameters"]["retry_after"].as_i64() > Some(50), "{answer}");
    assert!(telegram.takes_problems().is_empty(), "the first one is no fault");
    tokio::time::sleep(Duration::from_millis(200)).await;
    call(&telegram, "sendMessage", body()).await;
    assert_eq!(telegram.takes_problems().len(), 1, "the second one is");
    telegram.flooded(2).await;

    let attic = Chat::group(-200, "Attic");
    telegram.says(&attic, &ANA, "/hello");
    let sent = sends(&telegram, json!({"chat_id": -200, "text": "x"})).await;
    telegram.slows_edits(Duration::from_millis(100));
    let edit =
        |text: &str| call(&telegram, "editMessageText", json!({"chat_id": -200, "message_id": sent.id, "text": text}));
    tokio::join!(edit("a"), edit("b"), telegram.edits_in_flight(&attic, 2));
    assert_eq!(telegram.most_edits_in_flight(&attic), 2);
    assert_eq!(telegram.message_is(&sent, |sent| sent.edits() == 2).await.times.len(), 3);
    telegram.refuses_next(&attic, 1);
    assert_eq!(edit("c").await["parameters"]["retry_after"], 1);
    telegram.revokes_token();
    assert_eq!(edit("c").await["error_code"], 401);
}

#[tokio::test]
async fn a_pressed_button_is_answered_once() {
    let telegram = FakeTelegram::start().await;
    telegram.says(&club(), &ANA, "/hello");
    let keyboard = json!({"inline_keyboard": [[{"text": "Play", "callback_data": "p"}]]});
    let sent = sends(&telegram, json!({"chat_id": -100, "text": "x", "reply_markup": keyboard})).await;
    let press = telegram.presses(&sent, "Play", &ANA);
    let answer = |text: String| json!({"callback_query_id": press, "text": text});
    refuses(&telegram, "answerCallbackQuery", answer("x".repeat(201)), "MESSAGE_TOO_LONG", true).await;
    assert_eq!(call(&telegram, "answerCallbackQuery", answer("Playing".to_owned())).await["ok"], true);
    assert_eq!(telegram.toast(&press).await.text, "Playing");
    refuses(&telegram, "answerCallbackQuery", answer("again".to_owned()), "query is too old", true).await;
}

#[tokio::test]
async fn the_bot_hears_no_more_than_its_privacy_allows() {
    let telegram = FakeTelegram::start().await;
    telegram.speaks(&ANA, "de");
    let hear = |offset: i64| json!({"offset": offset, "timeout": 0});
    for text in ["hello", "/pause@other_bot", "https://films.example/a.mp4", "/watch https://films.example/a.mp4"] {
        telegram.says(&club(), &ANA, text);
    }
    let heard = call(&telegram, "getUpdates", hear(0)).await;
    let [update] = heard["result"].as_array().unwrap().as_slice() else { panic!("{heard}") };
    let kinds: Vec<_> =
        update["message"]["entities"].as_array().unwrap().iter().map(|entity| &entity["type"]).collect();
    assert_eq!(kinds, ["bot_command", "url"]);
    assert_eq!(update["message"]["from"]["language_code"], "de");
    telegram.repeats_last();
    assert_eq!(call(&telegram, "getUpdates", hear(0)).await["result"].as_array().unwrap().len(), 2);
    telegram.sees_all();
    let file = telegram.says_with(&club(), &ANA, Note::document("list.csv", "text/csv", "", b"a,b"));
    telegram.corrects(&club(), file, "hello again");
    telegram.ranks_bot(&club(), &ANA, Rank::Admin);
    telegram.ranks(&club(), &ANA, Rank::Admin);
    let next = update["update_id"].as_i64().unwrap() + 1;
    let heard = call(&telegram, "getUpdates", hear(next)).await;
    assert_eq!(heard["result"].as_array().unwrap().len(), 3, "chat_member must be asked for: {heard}");
    let id = &heard["result"][0]["message"]["document"]["file_id"];
    let path = call(&telegram, "getFile", json!({"file_id": id})).await["result"]["file_path"].clone();
    let url = telegram.url.join(&format!("file/bot{}/{}", super::TOKEN, path.as_str().unwrap())).unwrap();
    assert_eq!(reqwest::get(url).await.unwrap().text().await.unwrap(), "a,b");
    let admins = call(&telegram, "getChatAdministrators", json!({"chat_id": -100})).await;
    assert_eq!((admins["result"].as_array().unwrap().len(), telegram.calls_of("getchatadministrators")), (2, 1));
}

#[tokio::test]
async fn polls_and_inline_results_are_checked_and_answered() {
    let telegram = FakeTelegram::start().await;
    telegram.says(&club(), &ANA, "/hello");
    let poll =
        |options: Value| json!({"chat_id": -100, "question": "Which?", "options": options, "is_anonymous": false});
    refuses(&telegram, "sendPoll", poll(json!([{"text": "one"}])), "at least 2", true).await;
    let sent = call(&telegram, "sendPoll", poll(json!([{"text": "one"}, {"text": "two"}]))).await;
    let sent = telegram.message_in(&club(), |message| Some(message.id) == sent["result"]["message_id"].as_i64()).await;
    telegram.votes(&sent, &ANA, &[1]);
    let stop = json!({"chat_id": -100, "message_id": sent.id});
    assert_eq!(call(&telegram, "stopPoll", stop.clone()).await["result"]["options"][1]["voter_count"], 1);
    refuses(&telegram, "stopPoll", stop, "already been closed", false).await;
    let poll: Poll = telegram.messages(&club())[0].poll.clone().unwrap();
    assert!(poll.closed && poll.votes == [(7, vec![1])]);

    let query = telegram.asks_inline(&ANA, "sintel");
    let result = json!({
        "type": "article", "id": "1", "title": "Sintel", "input_message_content": {"message_text": "Watch Sintel"},
        "reply_markup": {"inline_keyboard": [[{"text": "Open", "url": "https://couch.example"}]]},
    });
    let answer = |results: Value| json!({"inline_query_id": query, "results": results, "cache_time": 5});
    refuses(&telegram, "answerInlineQuery", answer(json!(vec![result.clone(); 2])), "DUPLICATE", true).await;
    assert_eq!(call(&telegram, "answerInlineQuery", answer(json!([result]))).await["ok"], true);
    let answered: InlineAnswer = telegram.inline_answer(&query).await;
    assert_eq!((answered.results.len(), answered.cache_time), (1, 5));
    let sent = telegram.picks(&query, "Sintel", &ANA).await;
    let edit = json!({"inline_message_id": sent.inline, "text": "Over"});
    assert_eq!(call(&telegram, "editMessageText", edit).await["result"], true);
    assert_eq!(telegram.message_is(&sent, |sent| sent.edits() == 1).await.text, "Over");
}

#[tokio::test]
async fn a_webhook_is_sent_every_update_with_its_secret() {
    let telegram = FakeTelegram::start().await;
    let hook = |url: &str| json!({"url": url, "secret_token": "s3cret", "allowed_updates": ["message"]});
    refuses(&telegram, "setWebhook", hook("http://couch.example/tg"), "HTTPS url", false).await;
    refuses(&telegram, "setWebhook", hook("https://couch.example:9000/tg"), "only on ports", false).await;
    call(&telegram, "setWebhook", hook("https://couch.example/tg")).await;
    assert_eq!(telegram.webhook().await, "https://couch.example/tg");
    let (heard, mut posted) = mpsc::unbounded_channel();
    let hook = move |headers: HeaderMap, body: String| async move {
        let secret = headers.get("x-telegram-bot-api-secret-token").map(|secret| secret.to_str().unwrap().to_owned());
        heard.send((secret, serde_json::from_str::<Value>(&body).unwrap())).unwrap();
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/tg", post(hook))).await });
    telegram.says(&club(), &ANA, "/one");
    telegram.routes("https://couch.example", &address);
    telegram.says(&club(), &ANA, "/two");
    telegram.delivered(2).await;
    for text in ["/one", "/two"] {
        let (secret, update) = posted.recv().await.unwrap();
        assert_eq!((secret.as_deref(), &update["message"]["text"]), (Some("s3cret"), &json!(text)));
    }
    let fetched = call(&telegram, "getUpdates", json!({})).await;
    assert_eq!(fetched["error_code"], 409);
    telegram.told().await;
}
