//! Rooms within Discord: who comes in from an activity, from which channel, and into which room.
//!
//! Of what the page says nothing is believed. The code that Discord's client gave it is exchanged here, with the
//! application's secret; whose it is, whether they are in the activity, in which channel that runs and what they are there
//! is asked of Discord, each by its own call. [`instance`] and [`signature`] are the checks, which ask nobody.

mod instance;
mod signature;

use std::{fmt, sync::Arc};

use engine::{
    ids::RoomId,
    people::Caller,
    records::{Platform, Vouched},
    refusal::{Code, Fault, No},
    room::Role,
};
use poise::serenity_prelude as serenity;
use serde::{Deserialize, de::DeserializeOwned};
use serenity::http::HttpError;
use tokio::sync::OnceCell;

use self::instance::{Instance, Whereabouts};
pub use self::{
    instance::Ticket,
    signature::{NotAKey, PAYLOAD, PublicKey, SIGNATURE, Signed, TIMESTAMP, Unsigned},
};
use super::{
    DiscordSettings, asker, http,
    oauth::{self, Me, OAuth, PATIENCE, Unanswered, down},
};
use crate::{Asker, Core, Locale};

/// What is needed beside what the bot needs.
#[derive(Clone)]
pub struct ActivitySettings {
    /// The bot: its token, where Discord is, the application's id.
    pub bot: DiscordSettings,
    /// The application's secret.
    pub client_secret: String,
}

impl fmt::Debug for ActivitySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivitySettings").field("bot", &self.bot).field("client_secret", &"…").finish()
    }
}

/// Somebody who came in.
#[derive(Clone)]
pub struct Arrival {
    /// Who they are here.
    pub caller: Caller,
    /// What their channel vouches for.
    pub vouched: Vouched,
    /// The room of that channel.
    pub room: RoomId,
    /// What Discord's client wants to see from the page: `authenticate` of the SDK. Good for what the person allowed us, which is
    /// to know who they are.
    pub access_token: String,
}

/// The way in from Discord's activities.
#[derive(Clone)]
pub struct Activity(Arc<Inner>);

struct Inner {
    core: Core,
    oauth: OAuth,
    /// For what serenity knows how to ask.
    http: serenity::Http,
    settings: ActivitySettings,
    application: OnceCell<u64>,
}

/// What somebody is in a channel of a guild that the bot is in.
struct Standing {
    name: String,
    channel: String,
    permissions: serenity::Permissions,
    roles: Vec<serenity::RoleId>,
    locale: String,
}

impl Activity {
    /// One for the rooms of this core.
    pub fn new(core: Core, settings: ActivitySettings) -> Result<Self, super::DiscordError> {
        let oauth = OAuth::new(settings.bot.api_url.as_ref(), &settings.client_secret)?;
        let application = OnceCell::new_with(settings.bot.application_id);
        let http = http(&settings.bot);
        Ok(Self(Arc::new(Inner { core, oauth, http, settings, application })))
    }

    /// The application's id: as it is configured, else as Discord said once.
    ///
    /// # Errors
    ///
    /// `provider_down`, and a fault where Discord does not know the token.
    pub async fn application(&self) -> Result<u64, No> {
        let id = self.0.application.get_or_try_init(|| async {
            #[derive(Deserialize)]
            struct Application {
                id: String,
            }
            let Application { id } = self.by_bot("applications/@me").await?;
            id.parse::<u64>().map_err(|_| No::from(Fault::new(format!("{id} is no application id"))))
        });
        id.await.copied()
    }

    /// Where the page stands when Discord shows it, once the application's id is known.
    pub fn origin(&self) -> Option<String> {
        self.0.application.get().map(|id| format!("https://{id}.discordsays.com"))
    }

    /// Lets somebody in: who they are, and the room of their channel, which is made now where it has none.
    ///
    /// # Errors
    ///
    /// `code_refused`, `not_in_instance`, `provider_down`, `activity_off` where Discord does not take the application's
    /// secret, and what making a room or entering one is refused with.
    pub async fn arrive(&self, ticket: Ticket<'_>) -> Result<Arrival, No> {
        let application = self.application().await?;
        let access_token = self.0.oauth.exchange(application, ticket.code, None).await?;
        let (me, instance) = tokio::join!(self.0.oauth.me(&access_token), self.instance(application, ticket.instance));
        let (me, instance) = (me?, instance?);
        let here = instance.whereabouts(ticket.instance, application, &me.id)?;
        let (asker, caller) = self.asker(me, here).await?;
        let room = self.0.core.room_here(&asker).await?;
        let place = asker.place.ok_or_else(|| Fault::new("somebody came from no channel"))?;
        let vouched = Vouched { place, role: asker.actor.granted.unwrap_or(Role::Guest) };
        Ok(Arrival { caller, vouched, room, access_token })
    }

    async fn instance(&self, application: u64, instance: &str) -> Result<Instance, No> {
        let path = format!("applications/{application}/activity-instances/{instance}");
        match self.ask(&path).await {
            Err(Unanswered::No { status: 404, .. }) => Err(Code::NotInInstance.into()),
            answered => Ok(answered?),
        }
    }

    /// Somebody as one who asks from that channel.
    async fn asker(&self, me: Me, here: Whereabouts) -> Result<(Asker, Caller), No> {
        let core = &self.0.core;
        let place = asker::place(serenity::ChannelId::new(here.channel))?;
        let locale = Locale::of(me.locale.as_deref().unwrap_or_default());
        let standing = match here.guild {
            Some(guild) => self.standing(guild, here.channel, &me.id).await?,
            None => None,
        };
        let name = standing.as_ref().map(|standing| standing.name.clone());
        let name = name.or(me.global_name).unwrap_or(me.username);
        let caller = core.engine().people.on_platform(Platform::Discord, &me.id, &name).await?;
        let role = match (&standing, here.guild) {
            (Some(standing), Some(guild)) => {
                asker::role(core, serenity::GuildId::new(guild), standing.permissions, &standing.roles).await?
            }
            _ => Role::Guest,
        };
        let permissions = standing.as_ref().map(|standing| standing.permissions).unwrap_or_default();
        let asker = Asker {
            actor: caller.actor(Platform::Discord.door()).granted(role),
            room: None,
            place: Some(place),
            place_name: standing.as_ref().map(|standing| standing.channel.clone()),
            community: standing.as_ref().and(here.guild).and_then(|guild| i64::try_from(guild).ok()),
            steward: here.guild.is_none() || asker::in_charge(permissions),
            leads: asker::leads(permissions),
            in_voice: None,
            locale,
            place_locale: standing.as_ref().map_or(locale, |standing| Locale::of(&standing.locale)),
            address: None,
        };
        Ok((asker, caller))
    }

    /// What somebody is in a channel; nothing where the bot is not in that guild, and they use it as an app of their own.
    async fn standing(&self, guild: u64, channel: u64, user: &str) -> Result<Option<Standing>, No> {
        let (guild, channel) = (serenity::GuildId::new(guild), serenity::ChannelId::new(channel));
        let Some(user) = user.parse().ok().and_then(std::num::NonZeroU64::new) else {
            return Err(Fault::new(format!("{user} is no identity of Discord's")).into());
        };
        let http = &self.0.http;
        let asked = async {
            tokio::try_join!(http.get_guild(guild), http.get_channel(channel), http.get_member(guild, user.into()))
        };
        let answered = tokio::time::timeout(PATIENCE, asked).await.map_err(|_| down())?;
        let (guild, channel, member) = match answered {
            Ok(answered) => answered,
            Err(error) if is_elsewhere(&error) => return Ok(None),
            Err(error) => {
                tracing::warn!(%error, "what somebody is in a channel could not be asked");
                return Err(down());
            }
        };
        let Some(channel) = channel.guild() else { return Ok(None) };
        Ok(Some(Standing {
            name: member.display_name().to_owned(),
            permissions: guild.user_permissions_in(&channel, &member),
            channel: channel.name,
            roles: member.roles,
            locale: guild.preferred_locale,
        }))
    }

    async fn by_bot<T: DeserializeOwned>(&self, path: &str) -> Result<T, No> {
        Ok(self.ask(path).await?)
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, Unanswered> {
        let token = self.0.settings.bot.token.trim();
        let request = self.0.oauth.get(path).header("authorization", format!("Bot {token}"));
        oauth::answer(request).await
    }
}

/// Whether it failed because the bot is not there.
fn is_elsewhere(error: &serenity::Error) -> bool {
    matches!(
        error,
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) if matches!(response.status_code.as_u16(), 403 | 404)
    )
}
