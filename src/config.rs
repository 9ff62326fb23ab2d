//! The configuration: defaults in code, a file over them, the environment over both.
//!
//! `config.example.toml` shows every key at its default; a test compares the two. Unknown keys are errors that name the
//! nearest one. Secrets print as dots and may come from files.

mod sections;

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

pub use self::sections::*;

/// The prefix of environment variables: `ONECOUCH__HTTP__LISTEN`.
const PREFIX: &str = "ONECOUCH__";

/// Everything that can be set.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The listener, and where people reach it.
    pub http: Http,
    /// Where everything lasting is.
    pub database: Database,
    /// Several nodes.
    pub cluster: Cluster,
    /// How long is kept what no room needs any more.
    pub retention: Retention,
    /// Credentials of the server itself.
    pub auth: Auth,
    /// The Discord bot.
    pub discord: Discord,
    /// The Telegram bot.
    pub telegram: Telegram,
    /// Looking at links.
    pub resolve: Resolve,
    /// Films that are kept here, or pass through.
    pub media: Media,
    /// Sending mail.
    pub mail: Mail,
    /// Signing in elsewhere.
    pub oauth: Oauth,
    /// Telling other programs what happens in rooms.
    pub webhooks: Webhooks,
    /// Watch2Gether's API, for bots that were written for it.
    pub watch2gether: Watch2Gether,
    /// How much is too much.
    pub limits: Limits,
    /// What is logged.
    pub log: Log,
}

/// Why a configuration is none.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("cannot read {path}: {error}. Name the file with --config FILE, or leave it out for the defaults")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A key or a value is wrong.
    #[error("{0}")]
    Wrong(String),
}

impl Config {
    /// Reads the configuration: defaults, then `file` where one is named, then the environment.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = file {
            let text =
                std::fs::read_to_string(path).map_err(|error| ConfigError::File { path: path.to_owned(), error })?;
            figment = figment.merge(Toml::string(&text));
        }
        figment = figment.merge(Env::prefixed(PREFIX).split("__"));
        let mut config: Self = figment.extract().map_err(|error| ConfigError::Wrong(explain(error)))?;
        config.read_secrets()?;
        config.check()?;
        Ok(config)
    }

    /// Secrets that stand in files: `discord.token_file` and its like.
    fn read_secrets(&mut self) -> Result<(), ConfigError> {
        let secrets = [
            (&mut self.auth.bootstrap_key, &self.auth.bootstrap_key_file),
            (&mut self.discord.token, &self.discord.token_file),
            (&mut self.discord.client_secret, &self.discord.client_secret_file),
            (&mut self.telegram.token, &self.telegram.token_file),
            (&mut self.telegram.webhook_secret, &self.telegram.webhook_secret_file),
            (&mut self.resolve.youtube_key, &self.resolve.youtube_key_file),
            (&mut self.mail.smtp_url, &self.mail.smtp_url_file),
            (&mut self.cluster.nats_url, &self.cluster.nats_url_file),
        ];
        for (secret, file) in secrets {
            if let Some(path) = file {
                let text =
                    std::fs::read_to_string(path).map_err(|error| ConfigError::File { path: path.clone(), error })?;
                *secret = Some(Secret::new(text.trim()));
            }
            // An empty one is none: that is how an environment takes a secret away.
            *secret = secret.take().filter(|secret| !secret.is_empty());
        }
        Ok(())
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |text: String| Err(ConfigError::Wrong(text));
        if let Some(key) = &self.auth.bootstrap_key
            && key.reveal().len() < 16
        {
            return wrong(
                "auth.bootstrap_key is too short: it may do everything, so give it 16 characters or more".into(),
            );
        }
        if let Some(url) = &self.http.public_url
            && (!matches!(url.scheme(), "http" | "https") || url.host_str().is_none())
        {
            return wrong(format!(
                "http.public_url is {url}: write the address people open, such as https://couch.example"
            ));
        }
        crate::store::check(&self.database.url).map_err(|error| ConfigError::Wrong(error.to_string()))?;
        let public_url = self.http.public_url.as_ref();
        self.cluster.check(&self.database.url, public_url).map_err(ConfigError::Wrong)?;
        self.discord.check().map_err(ConfigError::Wrong)?;
        self.telegram.check().map_err(ConfigError::Wrong)?;
        self.media.check().map_err(ConfigError::Wrong)?;
        self.oauth.check().map_err(ConfigError::Wrong)?;
        self.watch2gether.check().map_err(ConfigError::Wrong)?;
        let providers = [
            ("youtube_api_url", Some(&self.resolve.youtube_api_url)),
            ("search_url", self.resolve.search_url.as_ref()),
            ("sponsorblock_url", self.resolve.sponsorblock_url.as_ref()),
        ];
        for (name, url) in providers.iter().filter_map(|(name, url)| Some((name, (*url)?))) {
            if !matches!(url.scheme(), "http" | "https") {
                return wrong(format!("resolve.{name} is {url}: write an address that begins with https://"));
            }
        }
        Ok(())
    }
}

/// What is wrong, where, and which key was probably meant.
fn explain(error: figment::Error) -> String {
    error.into_iter().map(|error| explain_one(&error)).collect::<Vec<_>>().join("; ")
}

fn explain_one(error: &figment::Error) -> String {
    let path = error.path.join(".");
    let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
    match &error.kind {
        figment::error::Kind::UnknownField(field, known) => {
            let section = error.path.first().filter(|first| *first != field);
            let full = section.map_or_else(|| field.clone(), |section| format!("{section}.{field}"));
            let near = known
                .iter()
                .map(|name| (strsim::jaro_winkler(field, name), name))
                .max_by(|(a, _), (b, _)| a.total_cmp(b));
            match near {
                Some((score, name)) if score > 0.7 => {
                    let meant = section.map_or_else(|| (*name).to_owned(), |section| format!("{section}.{name}"));
                    format!("there is no key {full}; did you mean {meant}?")
                }
                _ => format!("there is no key {full}; there are {}", known.join(", ")),
            }
        }
        kind => format!("{place}{kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_text(text: &str) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::read(Some(file.path()))
    }

    /// The example with its comment signs before keys taken away: every key, at its default.
    fn example() -> toml::Table {
        include_str!("../config.example.toml").parse().unwrap()
    }

    #[test]
    fn the_example_shows_every_key_at_its_default() {
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        let example = example();
        for (section, keys) in &defaults {
            let shown =
                example.get(section).and_then(toml::Value::as_table).unwrap_or_else(|| panic!("no [{section}]"));
            for (key, value) in keys.as_table().unwrap() {
                assert_eq!(shown.get(key), Some(value), "{section}.{key}");
            }
        }
    }

    #[test]
    fn the_example_is_a_configuration_and_shows_no_key_that_there_is_not() {
        from_text(include_str!("../config.example.toml")).unwrap();
        // Keys without a default stand there as comments; each must be a key.
        let mut section = String::new();
        for line in include_str!("../config.example.toml").lines() {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = name.to_owned();
            }
            if let Some((key, value)) = line.strip_prefix("# ").and_then(|line| line.split_once(" = "))
                && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            {
                let text = format!("[{section}]\n{key} = {value}\n");
                // Nodes need more than one key.
                let text = if section == "cluster" { cluster_with(key, &text) } else { text };
                match from_text(&text) {
                    Ok(_) | Err(ConfigError::File { .. }) => {}
                    Err(error) => panic!("{text}{error}"),
                }
            }
        }
    }

    /// A configuration of a node, with this in the place of the key that is shown.
    fn cluster_with(key: &str, text: &str) -> String {
        let rest =
            "[database]\nurl = \"postgres://db.example/couch\"\n[http]\npublic_url = \"https://couch.example\"\n";
        let nats = if key.starts_with("nats_url") { "" } else { "nats_url = \"nats://nats.example\"\n" };
        let node = if key == "node_url" { "" } else { "node_url = \"http://node.example\"\n" };
        format!("{text}{nats}{node}{rest}")
    }

    #[test]
    fn one_key_of_a_node_needs_the_others() {
        let whole = cluster_with("none", "[cluster]\n");
        from_text(&whole).unwrap();
        for (without, named) in [
            ("nats_url = \"nats://nats.example\"\n", "cluster.nats_url is not"),
            ("node_url = \"http://node.example\"\n", "cluster.node_url is not"),
            ("url = \"postgres://db.example/couch\"\n", "database.url names a file"),
            ("public_url = \"https://couch.example\"\n", "http.public_url is not"),
        ] {
            let said = from_text(&whole.replacen(without, "", 1)).unwrap_err().to_string();
            assert!(said.contains(named), "{said}");
        }
        let said = from_text(&whole.replace("nats://nats.example", "http://name:secret@nats.example")).unwrap_err();
        assert!(said.to_string().contains("no NATS server's") && !said.to_string().contains("secret"), "{said}");
    }

    #[test]
    fn an_unknown_key_is_told_what_was_probably_meant() {
        let text = from_text("[discord]\ntokn = \"x\"\n").unwrap_err().to_string();
        assert!(text.contains("discord.token"), "{text}");
        let text = from_text("[htpp]\nlisten = \"127.0.0.1:1\"\n").unwrap_err().to_string();
        assert!(text.contains("did you mean http"), "{text}");
        let text = from_text("[http]\nlisten = \"nowhere\"\n").unwrap_err().to_string();
        assert!(text.contains("http.listen"), "{text}");
    }

    #[test]
    fn secrets_come_from_files_and_print_as_dots() {
        let secret = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secret.path(), "very-secret-token-1234\n").unwrap();
        let config = from_text(&format!("[discord]\ntoken_file = {:?}\n", secret.path())).unwrap();
        assert_eq!(config.discord.token.as_ref().unwrap().reveal(), "very-secret-token-1234");
        assert!(!format!("{config:?}").contains("very-secret"));
        from_text("[auth]\nbootstrap_key = \"short\"\n").unwrap_err();
        from_text("[resolve]\nsearch_url = \"search.example\"\n").unwrap_err();
        from_text("[watch2gether]\nwrong_key_status = 200\n").unwrap_err();
        from_text("[resolve]\nsponsorblock_url = \"mailto:ana@parts.example\"\n").unwrap_err();
        for wrong in [
            "webhook_url = \"http://couch.example/telegram/webhook\"",
            "webhook_url = \"https://couch.example/telegram/webhooks\"",
            "webhook_url = \"https://couch.example/hook\"",
            "webhook_secret = \"no spaces\"",
            "mini_app = \"https://t.me/couch_bot/couch\"",
        ] {
            let text = from_text(&format!("[telegram]\n{wrong}\n")).unwrap_err().to_string();
            assert!(text.contains("telegram."), "{text}");
        }
        from_text("[telegram]\nwebhook_url = \"https://couch.example/telegram/webhook/a:b\"\n").unwrap();
        let text = from_text("[discord]\npublic_key = \"0123\"\n").unwrap_err().to_string();
        assert!(text.contains("discord.public_key"), "{text}");
        from_text(&format!("[discord]\npublic_key = {:?}\n", "0a".repeat(32))).unwrap();
        let digits = from_text("[auth]\nbootstrap_key = 1234567890123456\n").unwrap();
        assert_eq!(digits.auth.bootstrap_key.unwrap().reveal(), "1234567890123456");
        assert!(from_text("[discord]\ntoken = \"\"\n").unwrap().discord.token.is_none());
        let error = from_text("[discord]\ntoken = [\"hidden\"]\n").unwrap_err().to_string();
        assert!(!error.contains("hidden"), "{error}");
    }
}
