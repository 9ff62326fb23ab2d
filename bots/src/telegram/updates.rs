//! The order of work: within a chat one update after the other, and none twice.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use teloxide::types::{AllowedUpdate, ChatId, Update, UpdateId};
use tokio::sync::oneshot;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::chat::Chats;

/// What the bot wants to hear of. Changes of other people's ranks are told only to who asks for them.
pub(super) const WANTED: [AllowedUpdate; 7] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::InlineQuery,
    AllowedUpdate::PollAnswer,
    AllowedUpdate::MyChatMember,
    AllowedUpdate::ChatMember,
];

/// How long a command may hold up those behind it in its chat: a slow link no longer than this.
const IN_ORDER: Duration = Duration::from_millis(500);
/// How many updates are worked on at once; past that, the rest waits at Telegram.
const AT_ONCE: usize = 512;
/// How long the work under way may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(2);
/// How many updates are remembered, so that one that comes twice is worked on once.
const REMEMBERED: usize = 500;

/// Each update waits for the one before it in its chat, but for no more than its command.
pub(super) struct Queues {
    chats: Arc<Chats>,
    tasks: TaskTracker,
    /// Per chat, what tells that the last update there is through.
    last: HashMap<Option<ChatId>, oneshot::Receiver<()>>,
    /// The last updates, oldest first, and the same to look up.
    seen: (VecDeque<UpdateId>, HashSet<UpdateId>),
}

/// Whose turn an update takes: its chat's. What people do outside of all chats is in their own order, that of their chat
/// with the bot, whose number is theirs: one who types behind the bot's name must not hold up all others who do.
fn whose(update: &Update) -> Option<ChatId> {
    update.chat().map(|chat| chat.id).or_else(|| update.from().map(|user| user.id.into()))
}

impl Queues {
    pub(super) fn new(chats: Arc<Chats>) -> Self {
        Self { chats, tasks: TaskTracker::new(), last: HashMap::new(), seen: Default::default() }
    }

    /// Whether this is the first time that an update comes.
    fn first(&mut self, update: UpdateId) -> bool {
        let (order, known) = &mut self.seen;
        if !known.insert(update) {
            return false;
        }
        order.push_back(update);
        if order.len() > REMEMBERED {
            order.pop_front().map(|oldest| known.remove(&oldest));
        }
        true
    }

    pub(super) fn work_on(&mut self, update: Update) {
        if !self.first(update.id) {
            return;
        }
        metrics::counter!("onecouch_bot_updates_total", "platform" => "telegram").increment(1);
        if self.last.len() > AT_ONCE {
            // Those that are through, or whose task is gone, hold nobody up.
            self.last.retain(|_, last| matches!(last.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
        }
        let (through, next) = oneshot::channel();
        let before = self.last.insert(whose(&update), next);
        let chats = self.chats.clone();
        self.tasks.spawn(async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            let work = chats.update(update);
            tokio::pin!(work);
            if tokio::time::timeout(IN_ORDER, &mut work).await.is_err() {
                drop(through);
                work.await;
            }
        });
    }

    /// Waits until there is room for more.
    pub(super) async fn room(&self, stop: &CancellationToken) {
        while self.tasks.len() >= AT_ONCE && !stop.is_cancelled() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until all is through, but not for ever.
    pub(super) async fn finished(self) {
        self.tasks.close();
        if tokio::time::timeout(FAREWELL, self.tasks.wait()).await.is_err() {
            tracing::warn!(left = self.tasks.len(), "answers to Telegram were given up: the server stops");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: &str = r#"{"id": 7, "is_bot": false, "first_name": "Ana"}"#;
    const BEN: &str = r#"{"id": 8, "is_bot": false, "first_name": "Ben"}"#;

    #[test]
    fn nobody_waits_for_what_somebody_else_types_behind_the_bots_name() {
        let whose = |what: &str| whose(&serde_json::from_str(&format!(r#"{{"update_id": 1, {what}}}"#)).unwrap());
        let types = |user| {
            let query = format!(r#"{{"id": "1", "from": {user}, "query": "", "offset": ""}}"#);
            whose(&format!(r#""inline_query": {query}"#))
        };
        assert_eq!((types(ANA), types(BEN)), (Some(ChatId(7)), Some(ChatId(8))));
        let answer = format!(r#"{{"poll_id": "1", "user": {BEN}, "option_ids": [0]}}"#);
        assert_eq!(whose(&format!(r#""poll_answer": {answer}"#)), Some(ChatId(8)));
    }
}
