//! Polls of the bot.

use serde_json::{Value, json};

use super::{
    FakeTelegram, Sent, State, User, list,
    methods::{Answered, no},
};

/// A poll as it stands now.
#[derive(Debug, Clone)]
pub(crate) struct Poll {
    pub(crate) id: String,
    pub(crate) question: String,
    pub(crate) options: Vec<String>,
    pub(crate) anonymous: bool,
    /// Who chose which options, by person.
    pub(crate) votes: Vec<(i64, Vec<usize>)>,
    pub(crate) closed: bool,
}

impl Poll {
    pub(super) fn json(&self) -> Value {
        let count = |option: usize| self.votes.iter().filter(|(_, chosen)| chosen.contains(&option)).count();
        let options = self.options.iter().enumerate();
        let options: Vec<Value> = options.map(|(at, text)| json!({"text": text, "voter_count": count(at)})).collect();
        json!({
            "id": self.id, "question": self.question, "options": options, "total_voter_count": self.votes.len(),
            "is_closed": self.closed, "is_anonymous": self.anonymous, "type": "regular", "allows_multiple_answers": false,
        })
    }
}

impl State {
    pub(super) fn poll(&mut self, request: &Value) -> Result<Poll, String> {
        let question = request["question"].as_str().unwrap_or_default().to_owned();
        let options: Vec<String> = list(&request["options"])
            .iter()
            .map(|option| option["text"].as_str().or(option.as_str()).unwrap_or_default().to_owned())
            .collect();
        let fault = match (question.chars().count(), options.len()) {
            (0, _) => "poll question must be non-empty",
            (301.., _) => "poll question length must not exceed 300",
            (_, 0 | 1) => "poll must have at least 2 option",
            (_, 13..) => "poll can't have more than 12 options",
            _ if options.iter().any(String::is_empty) => "poll options must be non-empty",
            _ if options.iter().any(|option| option.chars().count() > 100) => "poll options length must not exceed 100",
            _ => {
                let anonymous = request["is_anonymous"] != false;
                let id = format!("poll-{}", self.number());
                return Ok(Poll { id, question, options, anonymous, votes: Vec::new(), closed: false });
            }
        };
        Err(format!("Bad Request: {fault}"))
    }

    pub(super) fn stop_poll(&mut self, request: &Value) -> Answered {
        let chat = self.chat(request)?;
        let id = request["message_id"].as_i64();
        let sent = self.sent.iter_mut().find(|sent| sent.chat == chat.id && Some(sent.id) == id);
        let sent = sent.ok_or_else(|| no(400, "Bad Request: message with poll to stop not found"))?;
        let poll = sent.poll.as_mut().ok_or_else(|| no(400, "Bad Request: message is not a poll"))?;
        if poll.closed {
            return Err(no(400, "Bad Request: poll has already been closed"));
        }
        poll.closed = true;
        Ok(poll.json())
    }
}

impl FakeTelegram {
    /// Somebody chooses options of a poll (by place, from 0); none takes the vote back. The bot hears who (`poll_answer`)
    /// unless the poll is anonymous.
    pub(crate) fn votes(&self, message: &Sent, user: &User, options: &[usize]) {
        self.change(|state| {
            let json = state.user_json(user);
            let sent = state.sent.iter_mut().find(|sent| sent.same(message)).expect("there is such a poll");
            let poll = sent.poll.as_mut().expect("it is a poll");
            assert!(!poll.closed, "nobody can vote in a closed poll");
            poll.votes.retain(|(known, _)| *known != user.id);
            if !options.is_empty() {
                poll.votes.push((user.id, options.to_vec()));
            }
            let (poll_id, anonymous, now) = (poll.id.clone(), poll.anonymous, poll.json());
            if !anonymous {
                state.push(json!({"poll_answer": {"poll_id": poll_id, "user": json, "option_ids": options}}));
            }
            state.push(json!({ "poll": now }));
        });
    }
}
