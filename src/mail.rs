//! Mail, for what only the owner of a mailbox may read: links to new passwords.

use std::time::Duration;

use anyhow::{Context, bail};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use crate::config::Mail;

/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends mail through the configured server.
#[derive(Debug, Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Reads the configuration; nothing where no mail server is set. Nobody is asked yet.
    pub fn new(mail: &Mail) -> anyhow::Result<Option<Self>> {
        let Some(url) = &mail.smtp_url else { return Ok(None) };
        let Some(from) = &mail.from else {
            bail!("mail.smtp_url is set: set mail.from too, such as couch@example.com")
        };
        let from =
            from.parse().with_context(|| format!("mail.from is {from:?}: write onecouch <couch@example.com>"))?;
        // What is wrong with it is not told: the address may hold a password.
        let Ok(server) = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal()) else {
            bail!("mail.smtp_url is no mail server: write smtps://user:password@mail.example.com")
        };
        Ok(Some(Self { transport: server.timeout(Some(PATIENCE)).build(), from }))
    }

    /// Sends a plain text. The error is for the log.
    pub async fn send(&self, to: &str, subject: &str, text: String) -> anyhow::Result<()> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.parse().context("the address is none that mail can be sent to")?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        self.transport.send(message).await?;
        Ok(())
    }

    /// Whether the server lets us in.
    pub async fn try_it(&self) -> anyhow::Result<()> {
        if self.transport.test_connection().await? { Ok(()) } else { bail!("the mail server does not take our mail") }
    }
}
