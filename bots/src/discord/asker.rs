//! Who asks from where, as Discord tells it.

use engine::{
    records::{PlaceId, Platform},
    refusal::{Fault, No},
    room::Role,
};
use poise::serenity_prelude as serenity;

use crate::{Asker, Core};

/// Who may change a channel or its guild keeps order in the room of that channel.
const IN_CHARGE: serenity::Permissions = serenity::Permissions::ADMINISTRATOR
    .union(serenity::Permissions::MANAGE_GUILD)
    .union(serenity::Permissions::MANAGE_CHANNELS);

/// What an interaction tells about its sender; commands and buttons tell the same.
pub(super) struct Sender<'a> {
    pub(super) user: &'a serenity::User,
    /// None in direct messages.
    pub(super) member: Option<&'a serenity::Member>,
    pub(super) channel_id: serenity::ChannelId,
    pub(super) channel: Option<&'a serenity::PartialChannel>,
}

impl<'a> From<&'a serenity::CommandInteraction> for Sender<'a> {
    fn from(from: &'a serenity::CommandInteraction) -> Self {
        Self {
            user: &from.user,
            member: from.member.as_deref(),
            channel_id: from.channel_id,
            channel: from.channel.as_ref(),
        }
    }
}

impl<'a> From<&'a serenity::ComponentInteraction> for Sender<'a> {
    fn from(from: &'a serenity::ComponentInteraction) -> Self {
        Self {
            user: &from.user,
            member: from.member.as_ref(),
            channel_id: from.channel_id,
            channel: from.channel.as_ref(),
        }
    }
}

impl Sender<'_> {
    /// The name that others see there.
    fn name(&self) -> &str {
        let nick = self.member.and_then(|member| member.nick.as_deref());
        nick.or(self.user.global_name.as_deref()).unwrap_or(&self.user.name)
    }

    /// What being in the chat grants in its room.
    fn role(&self) -> Role {
        let permissions = self.member.and_then(|member| member.permissions);
        if permissions.is_some_and(|permissions| permissions.intersects(IN_CHARGE)) {
            Role::Cohost
        } else {
            Role::Guest
        }
    }

    /// The same in the engine's words.
    pub(super) async fn asker(&self, core: &Core) -> Result<Asker, No> {
        let subject = self.user.id.to_string();
        let caller = core.engine().people.on_platform(Platform::Discord, &subject, self.name()).await?;
        let actor = caller.actor(Platform::Discord.door()).granted(self.role());
        Ok(Asker {
            actor,
            room: None,
            place: Some(place(self.channel_id)?),
            place_name: self.channel.and_then(|channel| channel.name.clone()),
            address: None,
        })
    }
}

/// A channel as a place. Threads are channels with identities of their own.
pub(super) fn place(channel: serenity::ChannelId) -> Result<PlaceId, No> {
    let chat = i64::try_from(channel.get()).map_err(|_| Fault(format!("channel {channel} is beyond 63 bits")))?;
    Ok(PlaceId { platform: Platform::Discord, chat, topic: None })
}
