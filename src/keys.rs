//! `onecouch key`: makes, lists and revokes API keys.
//!
//! Where a server has the database, through its API with the bootstrap key; else on the database itself.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::{Context, bail};
use clap::Subcommand;
use engine::{
    acts::{Acts, Asked},
    limits::{Allowances, Limits},
    people::{Caller, People, PeopleSettings},
    ports::Store,
    records::{ApiKey, Scope},
    secret::Secret,
    time::Clock,
};
use serde_json::{Value, json};

use crate::{config::Config, store};

/// What to do with keys.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum KeyOrder {
    /// Make a key, and print its secret this once.
    Create {
        /// What it is for; its person is called so.
        #[arg(long)]
        name: String,
        /// What it may do: read, rooms, act, platforms, admin; several with commas.
        #[arg(long = "scope", value_delimiter = ',', required = true, value_parser = scope)]
        scopes: Vec<Scope>,
    },
    /// List all keys.
    List,
    /// Take a key back, for good.
    Revoke {
        /// Its public id, as in the list.
        id: String,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::ALL
        .into_iter()
        .find(|scope| scope.name() == text)
        .ok_or_else(|| format!("a scope is one of {}", Scope::ALL.map(Scope::name).join(", ")))
}

/// Does it, and says what to print.
pub async fn run(config: &Config, order: KeyOrder) -> anyhow::Result<Vec<String>> {
    match store::open(&config.database.url, config.retention.of_store()).await {
        Ok(store) => {
            let done = on_store(store.clone(), config, order).await;
            store.close().await;
            done
        }
        Err(error) if error.is_in_use() => {
            let Some(key) = &config.auth.bootstrap_key else {
                bail!(
                    "a server is running on this database, and no auth.bootstrap_key is set to ask it with. \
                    Set one and restart the server, or stop the server and try again"
                )
            };
            on_server(config, key, order).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn on_store(store: Arc<dyn Store>, config: &Config, order: KeyOrder) -> anyhow::Result<Vec<String>> {
    let acts = Acts::new(store.clone(), Clock::start(), config.retention.audit());
    let act = match &order {
        KeyOrder::Create { .. } => "keys.make",
        KeyOrder::Revoke { .. } => "keys.revoke",
        KeyOrder::List => return done(store, order).await,
    };
    let asked = Asked { act: act.to_owned(), ..Asked::default() };
    acts.by_hand(asked, done(store, order)).await
}

async fn done(store: Arc<dyn Store>, order: KeyOrder) -> anyhow::Result<Vec<String>> {
    let limits = Arc::new(Limits::new(Allowances::default()));
    let people = People::new(store, Clock::start(), limits, &PeopleSettings::default());
    let operator = Caller::operator();
    Ok(match order {
        KeyOrder::Create { name, scopes } => {
            let made = people.make_key(&operator, &name, scopes.into_iter().collect()).await?;
            told(&made.key.id, made.secret.reveal())
        }
        KeyOrder::List => people.keys(&operator).await?.iter().map(line).collect(),
        KeyOrder::Revoke { id } => {
            people.revoke_key(&operator, &id).await?;
            vec![revoked(&id)]
        }
    })
}

async fn on_server(config: &Config, key: &Secret, order: KeyOrder) -> anyhow::Result<Vec<String>> {
    let mut address = config.http.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let (client, url) = (reqwest::Client::new(), format!("http://{address}/api/v1/keys"));
    let request = match &order {
        KeyOrder::Create { name, scopes } => {
            client.post(url).json(&json!({ "name": name, "scopes": scopes.iter().collect::<BTreeSet<_>>() }))
        }
        KeyOrder::List => client.get(url),
        KeyOrder::Revoke { id } if id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            client.delete(format!("{url}/{id}"))
        }
        KeyOrder::Revoke { id } => bail!("{id:?} is no id of a key: look at onecouch key list"),
    };
    let answer = request.bearer_auth(key.reveal()).send().await.with_context(|| {
        format!("the server that has the database does not answer on {address}: use its http.listen and bootstrap key")
    })?;
    let good = answer.status().is_success();
    let body: Value = serde_json::from_str(&answer.text().await?).unwrap_or_default();
    if !good {
        bail!("the server says no: {}", body["error"]["message"].as_str().unwrap_or("it gives no reason"));
    }
    let data = &body["data"];
    Ok(match order {
        KeyOrder::Create { .. } => {
            told(data["id"].as_str().unwrap_or_default(), data["secret"].as_str().unwrap_or_default())
        }
        KeyOrder::List => data.as_array().into_iter().flatten().map(wire_line).collect(),
        KeyOrder::Revoke { id } => vec![revoked(&id)],
    })
}

fn told(id: &str, secret: &str) -> Vec<String> {
    vec![
        format!("id      {id}"),
        format!("secret  {secret}"),
        "The secret is not shown again: put it where its program reads it.".to_owned(),
    ]
}

fn revoked(id: &str) -> String {
    format!("{id} is revoked")
}

fn line(key: &ApiKey) -> String {
    let scopes = key.scopes.iter().copied().map(Scope::name).collect::<Vec<_>>().join(",");
    row(&key.id, &scopes, &key.name, key.last_used_at.map(|at| at.0))
}

fn wire_line(key: &Value) -> String {
    let scopes = key["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(",");
    let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
    row(&text("id"), &scopes, &text("name"), key["last_used_at"].as_i64())
}

fn row(id: &str, scopes: &str, name: &str, last_used_at: Option<i64>) -> String {
    let used = last_used_at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let used = used.map_or_else(|| "never used".to_owned(), |at| format!("used {at:.0}"));
    format!("{id}  {scopes:<20}  {name}  ({used})")
}
