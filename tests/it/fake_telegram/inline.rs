//! Inline mode: somebody types @bot and words in any chat.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{FakeTelegram, Sent, State, User, list, messages::Refused, methods::no};

/// A query that wants results.
pub(super) struct Query {
    text: String,
    answer: Option<InlineAnswer>,
}

/// What an inline query was answered with.
#[derive(Debug, Clone)]
pub(crate) struct InlineAnswer {
    /// The results as they were sent.
    pub(crate) results: Vec<Value>,
    /// Seconds (300 unless told).
    pub(crate) cache_time: u64,
    pub(crate) personal: bool,
    /// The button above the results, as it was sent.
    pub(crate) button: Value,
}

impl State {
    pub(super) fn answer_inline(&mut self, request: &Value) -> Result<Value, Refused> {
        let id = request["inline_query_id"].as_str().unwrap_or_default();
        if self.inline.get(id).is_none_or(|query| query.answer.is_some()) {
            let text = "Bad Request: query is too old and response timeout expired or query id is invalid";
            return Err(no(400, text).into());
        }
        let results = list(&request["results"]).to_vec();
        if results.len() > 50 {
            return Err(Refused::Fault("Bad Request: RESULTS_TOO_MUCH".to_owned()));
        }
        let mut ids: Vec<&str> = results.iter().filter_map(|result| result["id"].as_str()).collect();
        if ids.len() < results.len() || ids.iter().any(|id| !(1..=64).contains(&id.len())) {
            return Err(Refused::Fault("Bad Request: RESULT_ID_INVALID".to_owned()));
        }
        ids.sort_unstable();
        ids.dedup();
        if ids.len() < results.len() {
            return Err(Refused::Fault("Bad Request: RESULT_ID_DUPLICATE".to_owned()));
        }
        for result in &results {
            let content = &result["input_message_content"];
            if result["type"] == "article" {
                if result["title"].as_str().is_none_or(str::is_empty) {
                    return Err(Refused::Fault("Bad Request: an article without a title".to_owned()));
                }
                let request = json!({
                    "text": content["message_text"], "entities": content["entities"], "parse_mode": content["parse_mode"],
                });
                Self::words(&request, false)?;
            }
            // What is sent by an inline result may land in any chat.
            Self::buttons(result, false)?;
        }
        let button = &request["button"];
        if button["start_parameter"].as_str().is_some_and(|start| {
            !(1..=64).contains(&start.len())
                || !start.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        }) {
            return Err(Refused::Fault("Bad Request: START_PARAM_INVALID".to_owned()));
        }
        let answer = InlineAnswer {
            results,
            cache_time: request["cache_time"].as_u64().unwrap_or(300),
            personal: request["is_personal"] == true,
            button: button.clone(),
        };
        if let Some(query) = self.inline.get_mut(id) {
            query.answer = Some(answer);
        }
        Ok(json!(true))
    }
}

impl FakeTelegram {
    /// Somebody types `@bot words` in a chat. Answers with the query's identity.
    pub(crate) fn asks_inline(&self, user: &User, words: &str) -> String {
        self.change(|state| {
            let id = state.number().to_string();
            let from = state.user_json(user);
            state.inline.insert(id.clone(), Query { text: words.to_owned(), answer: None });
            state.push(
                json!({"inline_query": {"id": id, "from": from, "query": words, "offset": "", "chat_type": "group"}}),
            );
            id
        })
    }

    /// What an inline query was answered with.
    pub(crate) async fn inline_answer(&self, query: &str) -> InlineAnswer {
        self.until("an inline query to be answered", |state| state.inline[query].answer.clone()).await
    }

    /// Somebody sends the result with that title or id to a chat that the bot may not be in. The bot hears of it
    /// (`chosen_inline_result`) with the identity of the message, by which it can be edited where it has a keyboard.
    pub(crate) async fn picks(&self, query: &str, result: &str, user: &User) -> Sent {
        let answer = self.inline_answer(query).await;
        let picked = answer.results.iter().find(|one| one["title"] == result || one["id"] == result);
        let picked = picked.unwrap_or_else(|| panic!("no result {result:?} among {:?}", answer.results)).clone();
        self.change(|state| {
            let id = state.number();
            let content = &picked["input_message_content"];
            let request = json!({
                "text": content["message_text"], "entities": content["entities"], "parse_mode": content["parse_mode"],
            });
            let (text, entities) = State::words(&request, false).unwrap_or_default();
            let sent = Sent {
                chat: 0,
                topic: None,
                id,
                text,
                entities,
                keyboard: super::markup::keyboard(&picked),
                replies_to: None,
                times: vec![Instant::now()],
                photo: None,
                poll: None,
                silent: false,
                preview: content["link_preview_options"].clone(),
                inline: Some(format!("inline-{id}")),
            };
            let from = state.user_json(user);
            let text = state.inline[query].text.clone();
            let mut chosen = json!({"result_id": picked["id"], "from": from, "query": text});
            if !sent.keyboard.is_empty() {
                chosen["inline_message_id"] = json!(sent.inline);
            }
            state.sent.push(sent.clone());
            state.push(json!({ "chosen_inline_result": chosen }));
            sent
        })
    }

    /// BotFather has not switched inline mode on: `getMe` says so. On unless told.
    pub(crate) fn has_no_inline(&self) {
        self.change(|state| state.has_no_inline = true);
    }
}
