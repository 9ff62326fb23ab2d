//! Something that somebody did in Discord and that wants an answer, and how it is answered: by the token of the interaction
//! alone, so that it works where the bot may not write, too.

use std::sync::atomic::{AtomicU8, Ordering};

use engine::{ids::PersonId, records::Platform};
use poise::serenity_prelude as serenity;
use serde_json::{Value, json};
use serenity::http::{HttpError, LightMethod, Request, Route};

use super::{Shared, answer, asker::Sender};
use crate::Reply;

type Done<T = ()> = Result<T, serenity::Error>;

/// The flag of a message that only one person sees.
const EPHEMERAL: u64 = 1 << 6;

/// How far the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Stage {
    /// Discord waits for a first answer.
    Nothing,
    /// It shows "thinking" to everybody.
    Thinking,
    /// It knows that we heard, and shows nothing.
    Heard,
    /// There is an answer: what comes now are messages more.
    Answered,
}

/// An interaction that is being answered.
pub(super) struct Asking<'a> {
    pub(super) ctx: &'a serenity::Context,
    pub(super) shared: &'a Shared,
    pub(super) sender: Sender<'a>,
    id: serenity::InteractionId,
    token: &'a str,
    stage: AtomicU8,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        ctx: &'a serenity::Context,
        shared: &'a Shared,
        sender: impl Into<Sender<'a>>,
        id: serenity::InteractionId,
        token: &'a str,
    ) -> Self {
        Self { ctx, shared, sender: sender.into(), id, token, stage: AtomicU8::new(Stage::Nothing as u8) }
    }

    fn is(&self, stage: Stage) -> bool {
        self.stage.load(Ordering::Relaxed) == stage as u8
    }

    fn comes_to(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    /// Shows that it takes longer.
    pub(super) async fn think(&self) {
        match self.first(&json!({"type": 5}), Vec::new()).await {
            Ok(()) => self.comes_to(Stage::Thinking),
            Err(error) => report(&error, "Discord could not be told that an answer takes longer"),
        }
    }

    /// Says that it was heard: nothing to see, or not yet.
    pub(super) async fn hear(&self) -> Done {
        self.first(&json!({"type": 6}), Vec::new()).await?;
        self.comes_to(Stage::Heard);
        Ok(())
    }

    /// Opens a form.
    pub(super) async fn open(&self, form: serenity::CreateModal) -> Done {
        self.first(&serenity::CreateInteractionResponse::Modal(form), Vec::new()).await
    }

    /// Launches the app within Discord.
    pub(super) async fn launch(&self) -> Done {
        self.first(&serenity::CreateInteractionResponse::LaunchActivity, Vec::new()).await
    }

    async fn first(&self, body: &(impl serde::Serialize + Sync), files: Vec<serenity::CreateAttachment>) -> Done {
        self.ctx.http.create_interaction_response(self.id, self.token, body, files).await
    }

    /// Answers with a reply.
    pub(super) async fn reply(&self, reply: &Reply, more: Vec<serenity::CreateButton>) -> Done {
        let calls = self.users(&reply.calls).await;
        self.reply_calling(reply, more, &calls).await
    }

    /// The same, and calls these users.
    pub(super) async fn reply_calling(&self, reply: &Reply, more: Vec<serenity::CreateButton>, calls: &[u64]) -> Done {
        let file = reply.file.as_ref();
        let files = file.map(|file| serenity::CreateAttachment::bytes(file.text.as_bytes(), file.name.clone()));
        // Who is called must see it.
        let private = calls.is_empty() && (reply.private || answer::is_question(reply));
        let mut body = answer::message(reply, calls, more);
        if let Some(file) = file {
            body["attachments"] = json!([{"id": 0, "filename": file.name}]);
        }
        self.message(body, files.into_iter().collect(), private).await
    }

    /// Says something to the one who asked alone, besides the answer.
    pub(super) async fn whisper(&self, text: String) -> Done {
        let reply = Reply { text, ..Reply::default() };
        self.message(answer::message(&reply, &[], Vec::new()), Vec::new(), true).await
    }

    async fn message(&self, mut body: Value, files: Vec<serenity::CreateAttachment>, private: bool) -> Done {
        if private {
            body["flags"] = EPHEMERAL.into();
        }
        if self.is(Stage::Nothing) {
            self.first(&json!({"type": 4, "data": body}), files).await?;
        } else {
            if private && self.is(Stage::Thinking) {
                // Who sees an answer was settled when it was put off: for everybody. So that one is taken back.
                self.ctx.http.delete_original_interaction_response(self.token).await?;
            }
            self.ctx.http.create_followup_message(self.token, &body, files).await?;
        }
        self.comes_to(Stage::Answered);
        Ok(())
    }

    /// Makes the message that was pressed say this, with nothing left to press.
    pub(super) async fn settle(&self, reply: &Reply) -> Done {
        let bare = Reply { buttons: Vec::new(), choices: Vec::new(), ..reply.clone() };
        let body = answer::message(&bare, &[], Vec::new());
        if self.is(Stage::Heard) {
            self.ctx.http.edit_original_interaction_response(self.token, &body, Vec::new()).await.map(drop)
        } else {
            self.first(&json!({"type": 7, "data": body}), Vec::new()).await?;
            self.comes_to(Stage::Answered);
            Ok(())
        }
    }

    /// Answers with a message of which somebody else must know: its identity.
    pub(super) async fn post(&self, body: &Value) -> Done<serenity::MessageId> {
        let posted = if self.is(Stage::Nothing) {
            let body = serde_json::to_vec(&json!({"type": 4, "data": body}))?;
            let route = Route::InteractionResponse { interaction_id: self.id, token: self.token };
            let request = Request::new(route, LightMethod::Post).body(Some(body));
            let request = request.params(Some(vec![("with_response", "true".to_owned())]));
            let answered: Value = self.ctx.http.fire(request).await?;
            serde_json::from_value(answered["resource"]["message"]["id"].clone())?
        } else {
            self.ctx.http.create_followup_message(self.token, body, Vec::new()).await?.id
        };
        self.comes_to(Stage::Answered);
        Ok(posted)
    }

    /// Who people are on Discord, as far as they are there.
    async fn users(&self, people: &[PersonId]) -> Vec<u64> {
        let mut users = Vec::new();
        for person in people {
            match self.shared.core.engine().people.identities(*person).await {
                Ok(known) => {
                    let here = known.into_iter().filter(|identity| identity.platform == Platform::Discord);
                    users.extend(here.filter_map(|identity| identity.subject.parse::<u64>().ok()));
                }
                Err(no) => tracing::warn!(%no, "who is to be called could not be read"),
            }
        }
        users
    }
}

/// Whether Discord refused the body of a message.
pub(super) fn is_bad(error: &serenity::Error) -> bool {
    matches!(error, serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) if response.status_code == 400)
        && !is_over(error)
}

/// Whether the interaction cannot be answered any more: it was too late, or somebody answered it before. Happens, and harms
/// nobody but the one who sees "did not respond".
fn is_over(error: &serenity::Error) -> bool {
    matches!(
        error,
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) if matches!(response.error.code, 10_062 | 40_060)
    )
}

/// Notes what could not be answered.
pub(super) fn report(error: &serenity::Error, what: &str) {
    if is_over(error) {
        tracing::debug!(%error, what);
    } else {
        tracing::warn!(%error, what);
    }
}
