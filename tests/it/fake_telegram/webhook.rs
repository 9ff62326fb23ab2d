//! Updates that are sent to the bot instead of being fetched.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::{
    FakeTelegram, State,
    methods::{Answered, no},
};

/// How long until a failed delivery is tried again.
const AGAIN: Duration = Duration::from_millis(200);

impl State {
    pub(super) fn set_webhook(&mut self, request: &Value) -> Answered {
        let text = request["url"].as_str().unwrap_or_default();
        if text.is_empty() {
            self.webhook = None;
            return Ok(json!(true));
        }
        let Ok(url) = Url::parse(text) else { return Err(no(400, "Bad Request: bad webhook: invalid URL")) };
        if url.scheme() != "https" {
            return Err(no(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook"));
        }
        if !matches!(url.port_or_known_default(), Some(80 | 88 | 443 | 8443)) {
            return Err(no(400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"));
        }
        let secret = request["secret_token"].as_str();
        if secret.is_some_and(|secret| {
            !(1..=256).contains(&secret.len())
                || !secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        }) {
            return Err(no(400, "Bad Request: secret token contains unallowed characters"));
        }
        self.webhook = Some(text.to_owned());
        self.secret = secret.map(str::to_owned);
        if let Some(kinds) = request["allowed_updates"].as_array() {
            self.allowed_updates = Some(kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        if request["drop_pending_updates"] == true {
            self.updates.clear();
        }
        Ok(json!(true))
    }

    /// The next update for the webhook, and where it really goes.
    fn due(&mut self) -> Option<(String, Option<String>, Value)> {
        if self.down || self.failing.is_some() || self.revoked {
            return None;
        }
        let webhook = self.webhook.clone()?;
        let (from, to) = self.routes.iter().find(|(from, _)| webhook.starts_with(from))?;
        let target = webhook.replacen(from.as_str(), to, 1);
        self.drop_unasked();
        Some((target, self.secret.clone(), self.updates.front()?.clone()))
    }
}

/// Sends updates one after the other, as long as anybody has the server.
pub(super) async fn deliver(telegram: FakeTelegram) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    loop {
        let changed = telegram.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let due = telegram.state().due();
        let Some((target, secret, update)) = due else {
            changed.await;
            continue;
        };
        let mut request = client.post(target).json(&update);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let status = request.send().await.map_or(0, |response| response.status().as_u16());
        let taken = (200..300).contains(&status);
        telegram.change(|state| {
            state.deliveries.push(status);
            if taken && state.updates.front() == Some(&update) {
                state.updates.pop_front();
                state.confirmed = update["update_id"].as_i64().unwrap_or_default() + 1;
            }
        });
        if !taken {
            tokio::time::sleep(AGAIN).await;
        }
    }
}

impl FakeTelegram {
    /// A webhook was left over from before.
    pub(crate) fn has_webhook(&self, url: &str) {
        self.change(|state| state.webhook = Some(url.to_owned()));
    }

    /// The last delivery failed.
    pub(crate) fn failed_to_deliver(&self, error: &'static str) {
        self.change(|state| state.webhook_error = Some(error));
    }

    /// BotFather was told something that `getMe` says.
    pub(crate) fn is_set(&self, key: &str, value: bool) {
        self.change(|state| state.me.insert(key.to_owned(), json!(value)));
    }

    /// Where a public address really is: updates for webhooks that begin with `public` (`https://couch.example`) are posted
    /// to `address` (`http://127.0.0.1:1234`) instead, with the secret in the header. Until then they wait.
    pub(crate) fn routes(&self, public: &str, address: &str) {
        self.change(|state| {
            state.routes.retain(|(from, _)| from != public);
            state.routes.push((public.to_owned(), address.trim_end_matches('/').to_owned()));
        });
    }

    /// Waits until a webhook is set; its address.
    pub(crate) async fn webhook(&self) -> String {
        self.until("a webhook", |state| state.webhook.clone()).await
    }

    /// Waits until so many updates were taken by the webhook.
    pub(crate) async fn delivered(&self, times: usize) {
        let taken = |state: &State| state.deliveries.iter().filter(|status| (200..300).contains(*status)).count();
        self.until("updates to be taken", |state| (taken(state) >= times).then_some(())).await;
    }
}
