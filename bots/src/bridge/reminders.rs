//! Calls those who said that they are coming, when their room opens.

use engine::{
    records::Platform,
    room::{RoomView, schedule::Status},
    time::{Millis, WallTime},
};

use crate::{
    Core,
    live_card::Line,
    reply::{Button, label},
    say,
    words::Locale,
};

/// How many people one message calls: Discord notifies no more.
const CALLED: usize = 100;
/// How many are looked up for that: the others come without being called.
const LOOKED_UP: usize = 500;
/// How many of them are named.
const NAMED: usize = 20;
/// How late somebody may be called after a restart.
const LATE: Millis = Millis::seconds(3_600);

/// Those who are coming and whom a platform knows: its id of each, and a name.
pub(super) async fn coming(core: &Core, platform: Platform, view: &RoomView) -> Vec<(String, String)> {
    let mut called = Vec::new();
    for (person, name) in view.coming.iter().take(LOOKED_UP) {
        let identities = match core.engine().people.identities(*person).await {
            Ok(identities) => identities,
            Err(no) => {
                tracing::error!(room = %view.id, %no, "whom to call could not be read");
                continue;
            }
        };
        let here = identities.into_iter().find(|identity| identity.platform == platform);
        called.extend(here.map(|identity| (identity.subject, name.to_string())));
        if called.len() == CALLED {
            break;
        }
    }
    called
}

/// The call, with the way in.
pub(super) fn line(core: &Core, view: &RoomView, called: &[(String, String)], locale: Locale) -> Line {
    let title = label(&view.settings.title);
    let mut names: Vec<String> = called.iter().take(NAMED).map(|(_, name)| name.clone()).collect();
    if called.len() > NAMED {
        names.push(say!(locale, "bridge-and-others", count = called.len() - NAMED));
    }
    let text = if names.is_empty() {
        say!(locale, "bridge-begins", title = title)
    } else {
        say!(locale, "bridge-begins-for", title = title, names = names.join(", "))
    };
    Line {
        name: None,
        text,
        calls: called.iter().map(|(subject, _)| subject.clone()).collect(),
        buttons: vec![Button::open(locale, core.invite_link(view))],
        room: Some(view.id),
    }
}

/// When a room opened, if that was so lately that somebody who was not called yet still should be.
pub(super) fn opened_lately(view: &RoomView, now: WallTime) -> Option<WallTime> {
    let start = view.schedule.start.filter(|_| view.schedule.status == Status::Live && !view.coming.is_empty())?;
    ((now - start).0 >= 0 && (now - start).0 <= LATE.0).then_some(start)
}
