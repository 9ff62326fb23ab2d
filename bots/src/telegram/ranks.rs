//! Who leads which chat, as Telegram tells it: asked once for all people of a chat.

use std::{collections::HashSet, sync::Arc, time::Duration};

use dashmap::DashMap;
use engine::time::{Clock, Millis, PlayTime};
use teloxide::{
    Bot,
    requests::Requester,
    types::{ChatId, UserId},
};
use tokio::sync::Mutex;

/// How long it is remembered who leads a chat. The bot hears of changes only where it is an administrator itself.
const KEPT: Millis = Millis::seconds(300);
/// Of how many chats.
const CHATS: usize = 10_000;
/// How long Telegram may think about it before nobody counts as one who leads.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Who leads, and when that was found; nothing while it is not known.
type Leaders = Arc<Mutex<Option<(HashSet<UserId>, PlayTime)>>>;

/// The administrators of all chats.
pub(super) struct Ranks {
    bot: Bot,
    clock: Clock,
    chats: DashMap<ChatId, Leaders>,
}

impl Ranks {
    pub(super) fn new(bot: Bot, clock: Clock) -> Self {
        Self { bot, clock, chats: DashMap::new() }
    }

    /// Whether somebody is an administrator of a chat. Who cannot be looked up is what everybody is; the next one asks again.
    pub(super) async fn leads(&self, chat: ChatId, user: UserId) -> bool {
        let now = self.clock.play_time();
        let fresh = |found: PlayTime| now - found < KEPT;
        if self.chats.len() >= CHATS {
            self.chats.retain(|_, leaders| {
                leaders.try_lock().map_or(true, |known| known.as_ref().is_some_and(|(_, found)| fresh(*found)))
            });
        }
        let leaders = self.chats.entry(chat).or_default().clone();
        // Who asks while another does waits for the same answer.
        let mut known = leaders.lock().await;
        if let Some((who, found)) = &*known
            && fresh(*found)
        {
            return who.contains(&user);
        }
        let asked = tokio::time::timeout(PATIENCE, self.bot.get_chat_administrators(chat)).await;
        let Ok(Ok(members)) = asked else { return false };
        let who: HashSet<UserId> = members.into_iter().map(|member| member.user.id).collect();
        let leads = who.contains(&user);
        *known = Some((who, now));
        leads
    }

    /// Somebody was given another rank there.
    pub(super) fn forget(&self, chat: ChatId) {
        self.chats.remove(&chat);
    }
}
