//! Who is in an activity and where it runs, as Discord says. Nothing here asks anybody.

use engine::refusal::{Code, Refusal};
use serde::Deserialize;

/// The longest name of an instance and the longest code, in characters; Discord's have a third of it.
const LIMIT: usize = 256;

/// What the page brings along. None of it is believed: the code is Discord's to know, and the instance is only looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// What Discord's client gave the page for `authorize`.
    pub code: &'a str,
    /// In which running activity it says to be.
    pub instance: &'a str,
}

impl<'a> Ticket<'a> {
    /// Reads it, as far as that goes without Discord.
    ///
    /// # Errors
    ///
    /// `bad_input` where it cannot be anything of Discord's: the name of the instance becomes part of a path.
    pub fn new(code: &'a str, instance: &'a str) -> Result<Self, Refusal> {
        let fits = |text: &str| (1..=LIMIT).contains(&text.len());
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !fits(code) || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Refusal::input("code is what authorize of Discord's SDK gave you."));
        }
        if !fits(instance) || !plain(instance) {
            return Err(Refusal::input("instance_id is the instanceId of Discord's SDK."));
        }
        Ok(Self { code, instance })
    }
}

/// A running activity.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Instance {
    application_id: String,
    #[serde(rename = "instance_id")]
    id: String,
    location: Location,
    /// Who is in it, by Discord's identities.
    users: Vec<String>,
}

/// Where an activity runs.
#[derive(Debug, Clone, Deserialize)]
struct Location {
    channel_id: String,
    /// None in letters.
    #[serde(default)]
    guild_id: Option<String>,
}

/// The channel of somebody who is in an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whereabouts {
    pub(super) channel: u64,
    /// None in letters.
    pub(super) guild: Option<u64>,
}

impl Instance {
    /// Where somebody is who is in it. `instance` is what was asked for and `application` who we are: an answer about
    /// another is none.
    ///
    /// # Errors
    ///
    /// `not_in_instance`.
    pub(super) fn whereabouts(&self, instance: &str, application: u64, user: &str) -> Result<Whereabouts, Refusal> {
        let ours = self.application_id == application.to_string() && self.id == instance;
        let channel = self.location.channel_id.parse().ok().filter(|channel| *channel != 0);
        let guild = match self.location.guild_id.as_deref() {
            None | Some("") => Some(None),
            Some(guild) => guild.parse().ok().filter(|guild| *guild != 0).map(Some),
        };
        match (channel, guild) {
            (Some(channel), Some(guild)) if ours && self.users.iter().any(|here| here == user) => {
                Ok(Whereabouts { channel, guild })
            }
            _ => Err(Code::NotInInstance.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Discord's documents show one.
    const INSTANCE: &str = r#"{"application_id":"1215413995645968394",
        "instance_id":"i-1276580072400224306-gc-912952092627435520-912954213460484116","launch_id":"1276580072400224306",
        "location":{"id":"gc-912952092627435520-912954213460484116","kind":"gc","channel_id":"912954213460484116",
        "guild_id":"912952092627435520"},"users":["205519959982473217"]}"#;
    const NAME: &str = "i-1276580072400224306-gc-912952092627435520-912954213460484116";
    const APPLICATION: u64 = 1_215_413_995_645_968_394;
    const USER: &str = "205519959982473217";

    fn found(text: &str, name: &str, application: u64, user: &str) -> Result<Whereabouts, Refusal> {
        serde_json::from_str::<Instance>(text).unwrap().whereabouts(name, application, user)
    }

    #[test]
    fn who_is_in_it_is_in_its_channel() {
        let here = Whereabouts { channel: 912_954_213_460_484_116, guild: Some(912_952_092_627_435_520) };
        assert_eq!(found(INSTANCE, NAME, APPLICATION, USER), Ok(here));
        let letters = INSTANCE.replace(r#""912952092627435520"}"#, "null}");
        assert_eq!(found(&letters, NAME, APPLICATION, USER), Ok(Whereabouts { guild: None, ..here }));
    }

    #[test]
    fn nobody_else_is_and_no_other_instance_will_do() {
        for (name, application, user) in [
            (NAME, APPLICATION, "205519959982473218"),
            (NAME, APPLICATION, ""),
            (NAME, APPLICATION + 1, USER),
            ("i-1-gc-1-1", APPLICATION, USER),
        ] {
            assert_eq!(found(INSTANCE, name, application, user), Err(Code::NotInInstance.into()));
        }
        for nowhere in ["\"0\"", "\"x\"", "\"\""] {
            let text = INSTANCE.replacen("\"912954213460484116\"", nowhere, 1);
            assert_eq!(found(&text, NAME, APPLICATION, USER), Err(Code::NotInInstance.into()), "{nowhere}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_or_an_instance_is_not_asked_about() {
        Ticket::new("a.B-1", NAME).unwrap();
        let long = "a".repeat(300);
        for (code, instance) in [
            ("", NAME),
            ("a b", NAME),
            ("é", NAME),
            (&*long, NAME),
            ("a", ""),
            ("a", "../x"),
            ("a", "a/b"),
            ("a", &long),
        ] {
            assert_eq!(Ticket::new(code, instance).unwrap_err().code, Code::BadInput);
        }
    }
}
