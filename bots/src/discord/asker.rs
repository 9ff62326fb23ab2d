//! Who asks from where, as Discord tells it.

use engine::{
    records::{PlaceId, Platform},
    refusal::{Fault, No},
    room::Role,
};
use poise::serenity_prelude as serenity;

use crate::{Asker, Core, Locale};

/// Who may change a channel or its guild keeps order in the room of that channel.
const IN_CHARGE: serenity::Permissions = serenity::Permissions::ADMINISTRATOR
    .union(serenity::Permissions::MANAGE_GUILD)
    .union(serenity::Permissions::MANAGE_CHANNELS);

/// Who may change the guild itself decides what its roles are worth.
const IN_CHARGE_OF_ALL: serenity::Permissions =
    serenity::Permissions::ADMINISTRATOR.union(serenity::Permissions::MANAGE_GUILD);

/// What an interaction tells about its sender; commands, buttons and modals tell the same.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) user: &'a serenity::User,
    /// None in direct messages.
    pub(super) member: Option<&'a serenity::Member>,
    pub(super) channel_id: serenity::ChannelId,
    pub(super) channel: Option<&'a serenity::PartialChannel>,
    /// The guild, where there is one.
    pub(super) guild: Option<serenity::GuildId>,
    /// What the bot itself may do there.
    pub(super) ours: Option<serenity::Permissions>,
    /// The bot is only there as somebody's own app: it can answer, and do nothing else.
    pub(super) foreign: bool,
    /// Their language, and that of the guild.
    pub(super) locale: &'a str,
    pub(super) guild_locale: Option<&'a str>,
}

impl<'a> From<&'a serenity::CommandInteraction> for Sender<'a> {
    fn from(from: &'a serenity::CommandInteraction) -> Self {
        Self {
            user: &from.user,
            member: from.member.as_deref(),
            channel_id: from.channel_id,
            channel: from.channel.as_ref(),
            guild: from.guild_id,
            ours: from.app_permissions,
            foreign: is_foreign(from.context, from.guild_id, &from.authorizing_integration_owners),
            locale: &from.locale,
            guild_locale: from.guild_locale.as_deref(),
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
            guild: from.guild_id,
            ours: from.app_permissions,
            foreign: is_foreign(from.context, from.guild_id, &from.authorizing_integration_owners),
            locale: &from.locale,
            guild_locale: from.guild_locale.as_deref(),
        }
    }
}

impl<'a> From<&'a serenity::ModalInteraction> for Sender<'a> {
    fn from(from: &'a serenity::ModalInteraction) -> Self {
        Self {
            user: &from.user,
            member: from.member.as_ref(),
            channel_id: from.channel_id,
            channel: from.channel.as_ref(),
            guild: from.guild_id,
            ours: from.app_permissions,
            // Unknown to serenity here. What a modal asks for posts no card, so that nothing hangs on it.
            foreign: false,
            locale: &from.locale,
            guild_locale: from.guild_locale.as_deref(),
        }
    }
}

fn is_foreign(
    context: Option<serenity::InteractionContext>,
    guild: Option<serenity::GuildId>,
    owners: &serenity::AuthorizingIntegrationOwners,
) -> bool {
    let installed =
        owners.0.iter().any(|owner| matches!(owner, serenity::AuthorizingIntegrationOwner::GuildInstall(_)));
    context == Some(serenity::InteractionContext::PrivateChannel) || (guild.is_some() && !installed)
}

impl Sender<'_> {
    /// The name that others see there.
    pub(super) fn name(&self) -> &str {
        let nick = self.member.and_then(|member| member.nick.as_deref());
        nick.or(self.user.global_name.as_deref()).unwrap_or(&self.user.name)
    }

    pub(super) fn locale(&self) -> Locale {
        Locale::of(self.locale)
    }

    /// What they may do in the channel; nothing in letters, where there is nothing to be allowed.
    fn permissions(&self) -> serenity::Permissions {
        self.member.and_then(|member| member.permissions).unwrap_or_default()
    }

    /// Whether Discord lets them manage the channel: letters are everybody's own.
    fn steward(&self) -> bool {
        self.guild.is_none() || in_charge(self.permissions())
    }

    /// What being in the chat grants in its room.
    async fn role(&self, core: &Core) -> Result<Role, No> {
        let (Some(guild), Some(member)) = (self.guild, self.member) else { return Ok(Role::Guest) };
        role(core, guild, self.permissions(), &member.roles).await
    }

    /// Whether they sit in a voice channel of the guild; unknown where there is none, or we are not in it.
    fn in_voice(&self, cache: &serenity::Cache) -> Option<bool> {
        let guild = cache.guild(self.guild?)?;
        Some(guild.voice_states.get(&self.user.id).is_some_and(|voice| voice.channel_id.is_some()))
    }

    /// The same in the engine's words.
    pub(super) async fn asker(&self, core: &Core, cache: &serenity::Cache) -> Result<Asker, No> {
        let in_voice = self.in_voice(cache);
        let subject = self.user.id.to_string();
        let caller = core.engine().people.on_platform(Platform::Discord, &subject, self.name()).await?;
        let actor = caller.actor(Platform::Discord.door()).granted(self.role(core).await?);
        Ok(Asker {
            actor,
            room: None,
            place: Some(place(self.channel_id)?),
            place_name: self.channel.and_then(|channel| channel.name.clone()),
            community: self.guild.filter(|_| !self.foreign).and_then(|guild| i64::try_from(guild.get()).ok()),
            steward: self.steward(),
            leads: leads(self.permissions()),
            in_voice,
            locale: self.locale(),
            place_locale: Locale::of(self.guild_locale.unwrap_or(self.locale)),
            address: None,
        })
    }
}

/// What a member of a guild is in the room of a channel: by what Discord lets them manage there, else by the ranks of their
/// roles.
pub(super) async fn role(
    core: &Core,
    guild: serenity::GuildId,
    permissions: serenity::Permissions,
    roles: &[serenity::RoleId],
) -> Result<Role, No> {
    if in_charge(permissions) {
        return Ok(Role::Cohost);
    }
    let Ok(guild) = i64::try_from(guild.get()) else { return Ok(Role::Guest) };
    let Some(community) = core.engine().places.community(Platform::Discord, guild).await? else {
        return Ok(Role::Guest);
    };
    let roles: Vec<i64> = roles.iter().filter_map(|role| i64::try_from(role.get()).ok()).collect();
    Ok(community.rank(&roles).unwrap_or(Role::Guest).max(Role::Guest))
}

/// Whether somebody with these rights in a channel keeps order in its room.
pub(super) fn in_charge(permissions: serenity::Permissions) -> bool {
    permissions.intersects(IN_CHARGE)
}

/// Whether somebody with these rights decides what the guild's roles are worth.
pub(super) fn leads(permissions: serenity::Permissions) -> bool {
    permissions.intersects(IN_CHARGE_OF_ALL)
}

/// A channel as a place. Threads are channels with identities of their own.
pub(super) fn place(channel: serenity::ChannelId) -> Result<PlaceId, No> {
    let chat = i64::try_from(channel.get()).map_err(|_| Fault::new(format!("channel {channel} is beyond 63 bits")))?;
    Ok(PlaceId { platform: Platform::Discord, chat, topic: None })
}
