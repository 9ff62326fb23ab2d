//! A way to a new password, on its way to whom it is for.

use engine::people::RecoveryMade;

use crate::app::App;

/// Makes a way to a new password and sends it to the owner of the account, where there is such a user; says nothing to
/// whoever asked. Where no mail is set up it is logged, for the person who runs this server to pass on.
pub async fn tell_owner(app: App, user: String) {
    let made = match app.engine.people.recover_start(&user).await {
        Ok(Some(made)) => made,
        Ok(None) => return,
        Err(no) => return tracing::error!(%no, "no way to a new password could be made"),
    };
    let RecoveryMade { username, email, token } = made;
    // Behind #, so that it stands in no log of a proxy and in no Referer.
    let link = format!("{}/recover#{}", app.public_url, token.reveal());
    match (&app.mail, email) {
        (None, _) => {
            tracing::info!(username, link, "no mail is set up: pass this link to them, it is good for ten minutes");
        }
        (Some(_), None) => {
            tracing::info!(username, "somebody asked for a new password, and the account has no e-mail address");
        }
        (Some(mail), Some(email)) => {
            let text = format!(
                "Hello {username},\n\nset a new password here within ten minutes:\n\n{link}\n\n\
                If you did not ask for it, there is nothing to do.\n"
            );
            if let Err(error) = mail.send(&email, "A new password for onecouch", text).await {
                tracing::warn!(username, error = format!("{error:#}"), "a link to a new password could not be mailed");
            }
        }
    }
}
