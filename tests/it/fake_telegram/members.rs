//! Who is what in which chat, the bot among them.

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    BOT_ID, Chat, FakeTelegram, State, User, bot_json,
    methods::{Answered, no},
};

/// What somebody is in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    Owner,
    /// An administrator with every right.
    Admin,
    /// An administrator who writes in the name of the group.
    AnonymousAdmin,
    Member,
    /// Not there (any more), of their own will.
    Left,
    /// Thrown out; of a bot in a private chat: blocked.
    Kicked,
}

impl Rank {
    fn is_admin(self) -> bool {
        matches!(self, Self::Owner | Self::Admin | Self::AnonymousAdmin)
    }

    fn json(self, user: &Value) -> Value {
        let status = match self {
            Self::Owner => "creator",
            Self::Admin | Self::AnonymousAdmin => "administrator",
            Self::Member => "member",
            Self::Left => "left",
            Self::Kicked => "kicked",
        };
        let mut json = json!({"status": status, "user": user});
        if self.is_admin() {
            json["is_anonymous"] = json!(self == Self::AnonymousAdmin);
        }
        if matches!(self, Self::Admin | Self::AnonymousAdmin) {
            json["can_be_edited"] = json!(false);
            for right in [
                "can_manage_chat",
                "can_change_info",
                "can_delete_messages",
                "can_manage_video_chats",
                "can_invite_users",
                "can_restrict_members",
                "can_pin_messages",
                "can_manage_topics",
                "can_promote_members",
                "can_post_stories",
                "can_edit_stories",
                "can_delete_stories",
            ] {
                json[right] = json!(true);
            }
        }
        if self == Self::Kicked {
            json["until_date"] = json!(0);
        }
        json
    }
}

impl State {
    fn rank(&self, chat: i64, user: i64) -> Rank {
        self.ranks.get(&(chat, user)).copied().unwrap_or(Rank::Member)
    }

    pub(super) fn bot_is_admin(&self, chat: i64) -> bool {
        self.rank(chat, BOT_ID).is_admin()
    }

    /// Whether the bot can write in a chat at all; how it is refused.
    pub(super) fn kept_out(&self, chat: &Chat) -> Option<Response> {
        let text = match (self.rank(chat.id, BOT_ID), chat.kind) {
            (Rank::Kicked, "private") => "Forbidden: bot was blocked by the user",
            (Rank::Kicked, "supergroup") => "Forbidden: bot was kicked from the supergroup chat",
            (Rank::Kicked, "channel") => "Forbidden: bot was kicked from the channel chat",
            (Rank::Kicked, _) => "Forbidden: bot was kicked from the group chat",
            (Rank::Left, "supergroup") => "Forbidden: bot is not a member of the supergroup chat",
            (Rank::Left, "channel") => "Forbidden: bot is not a member of the channel chat",
            (Rank::Left, _) => "Forbidden: bot is not a member of the group chat",
            (rank, "channel") if !rank.is_admin() => {
                return Some(no(400, "Bad Request: need administrator rights in the channel chat"));
            }
            _ => return None,
        };
        Some(no(403, text))
    }

    pub(super) fn member(&self, chat: &Chat, user: i64) -> Value {
        let known = self.people.get(&user).cloned();
        let known = if user == BOT_ID { Some(bot_json()) } else { known };
        let known = known.unwrap_or_else(|| json!({"id": user, "is_bot": false, "first_name": "Somebody"}));
        self.rank(chat.id, user).json(&known)
    }

    pub(super) fn administrators(&self, chat: &Chat) -> Answered {
        if chat.kind == "private" {
            return Err(no(400, "Bad Request: there are no administrators in the private chat"));
        }
        let admins = self.ranks.iter().filter(|((known, _), rank)| *known == chat.id && rank.is_admin());
        let admins = admins.map(|((_, user), _)| self.member(chat, *user));
        Ok(json!(admins.collect::<Vec<_>>()))
    }

    fn ranks(&mut self, chat: &Chat, user: &Value, rank: Rank, by: &Value) {
        self.chats.entry(chat.id).or_insert(*chat);
        let id = user["id"].as_i64().unwrap();
        let old = self.rank(chat.id, id);
        self.ranks.insert((chat.id, id), rank);
        let change = json!({
            "chat": chat.json(), "from": by, "date": 1_767_225_600, "old_chat_member": old.json(user),
            "new_chat_member": rank.json(user),
        });
        if id == BOT_ID {
            self.push(json!({"my_chat_member": change}));
        } else if self.bot_is_admin(chat.id) {
            self.push(json!({"chat_member": change}));
        }
    }
}

impl FakeTelegram {
    /// Somebody is something in a chat from now on. The bot hears of it (`chat_member`) where it is an administrator and
    /// asked for such updates.
    pub(crate) fn ranks(&self, chat: &Chat, user: &User, rank: Rank) {
        self.change(|state| {
            let json = state.user_json(user);
            state.people.insert(user.id, json.clone());
            state.ranks(chat, &json, rank, &json);
        });
    }

    /// The same as an administrator.
    pub(crate) fn makes_admin(&self, chat: &Chat, user: &User) {
        self.ranks(chat, user, Rank::Admin);
    }

    /// Somebody adds the bot to a chat, makes it an administrator, or throws it out (`my_chat_member`). In a private chat
    /// [`Rank::Kicked`] is to block it. The bot is a member of every chat unless told.
    pub(crate) fn ranks_bot(&self, chat: &Chat, by: &User, rank: Rank) {
        self.change(|state| {
            let by = state.user_json(by);
            state.ranks(chat, &bot_json(), rank, &by);
        });
    }
}
