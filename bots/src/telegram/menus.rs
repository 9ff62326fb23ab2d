//! The menus of commands and the button beside the text field, told to Telegram where they are not what they should be.

use std::time::Duration;

use teloxide::{
    Bot, RequestError,
    payloads::{GetMyCommandsSetters, SetChatMenuButtonSetters, SetMyCommandsSetters},
    requests::Requester,
    types::{BotCommand, BotCommandScope, MenuButton, WebAppInfo},
};
use tokio_util::sync::CancellationToken;

use crate::{
    commands::{COMMANDS, CommandInfo},
    say,
    words::{self, Locale},
};

/// How long to wait after Telegram could not be reached.
const AGAIN: Duration = Duration::from_secs(30);

/// Whose menus, and whether those are of people who keep order.
const SCOPES: [(BotCommandScope, bool); 3] = [
    (BotCommandScope::AllPrivateChats, true),
    (BotCommandScope::AllGroupChats, false),
    (BotCommandScope::AllChatAdministrators, true),
];

/// A menu in a language. Names stay English everywhere: Telegram takes `[a-z0-9_]` only.
fn menu(locale: Locale, stewards: bool) -> Vec<BotCommand> {
    let shown = COMMANDS.iter().filter(|command| stewards || !command.steward);
    let entry =
        |command: &CommandInfo| BotCommand::new(command.name, words::say(locale, &CommandInfo::key(command.name), &[]));
    shown.map(entry).collect()
}

/// Sees to all menus. What Telegram does not take is logged once: the commands work, but no menu shows them.
pub(super) async fn register(bot: Bot, app: Option<String>, stop: CancellationToken) {
    let register = async {
        let mut refused = None;
        for (scope, stewards) in &SCOPES {
            for locale in Locale::ALL {
                // What is said without a language is English.
                let code = if locale == Locale::English { "" } else { locale.code() };
                let menu = menu(locale, *stewards);
                refused = patiently(|| one(&bot, scope, code, &menu)).await.err().or(refused);
            }
        }
        if let Some(app) = app.as_deref().and_then(|app| app.parse().ok()) {
            let text = say!(Locale::English, "telegram-menu");
            let button = MenuButton::WebApp { text, web_app: WebAppInfo { url: app } };
            let set = || async { bot.set_chat_menu_button().menu_button(button.clone()).await.map(drop) };
            refused = patiently(set).await.err().or(refused);
        }
        if let Some(error) = refused {
            let problem = error.to_string().replace(bot.token(), "•••");
            tracing::warn!(
                problem,
                "Telegram does not take a menu of commands: they work, but that menu does not show them"
            );
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = register => {}
    }
}

async fn one(bot: &Bot, scope: &BotCommandScope, code: &str, menu: &[BotCommand]) -> Result<(), RequestError> {
    if bot.get_my_commands().scope(scope.clone()).language_code(code).await? != menu {
        bot.set_my_commands(menu.to_vec()).scope(scope.clone()).language_code(code).await?;
    }
    Ok(())
}

/// Tries until Telegram says yes or no.
async fn patiently<F: Future<Output = Result<(), RequestError>>>(call: impl Fn() -> F) -> Result<(), RequestError> {
    loop {
        match call().await {
            Err(RequestError::RetryAfter(wait)) => tokio::time::sleep(wait.duration()).await,
            Err(RequestError::Network(_) | RequestError::Io(_) | RequestError::InvalidJson { .. }) => {
                tokio::time::sleep(AGAIN).await;
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_keeps_order_has_more_in_the_menu_and_no_menu_is_too_long() {
        let names =
            |stewards| menu(Locale::German, stewards).into_iter().map(|entry| entry.command).collect::<Vec<_>>();
        assert!(names(true).contains(&"ban".to_owned()) && !names(false).contains(&"ban".to_owned()));
        assert!(names(false).contains(&"watch".to_owned()));
        for locale in Locale::ALL {
            let menu = menu(locale, true);
            assert!(menu.len() <= 100);
            assert!(menu.iter().all(|entry| (3..=256).contains(&entry.description.chars().count())), "{menu:?}");
        }
    }
}
