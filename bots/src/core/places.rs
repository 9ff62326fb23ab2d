//! Which room a chat is tied to, one's selves, and the end of a room.

use std::sync::Arc;

use engine::{
    command::{Actor, Command},
    ids::RoomId,
    refusal::{Code, No, Refusal},
    room::{Permission, Role, RoomView, Status, roles},
};

use super::{Answer, Asker, Core, about, queue::sure, say as plain, span};
use crate::{
    reply::{Action, Reply},
    say, words,
};

/// How many symbols a spoken code, and a code for one's selves, has.
const CODE: usize = 6;

impl Core {
    /// Ties one's selves together by a code, or this chat to a room by its link or code. Nothing gets one a code.
    pub(super) async fn link(&self, asker: &Asker, to: Option<&str>) -> Answer {
        let Some(to) = to.map(str::trim).filter(|to| !to.is_empty()) else { return self.link_code(asker).await };
        let (to, password) =
            to.split_once(char::is_whitespace).map_or((to, None), |(to, rest)| (to, Some(rest.trim())));
        let from = guesser(asker);
        let symbols: String = to.chars().filter(|c| *c != '-').collect();
        if symbols.len() == CODE && symbols.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return match self.engine.link(asker.actor.person, &symbols, &from).await {
                Ok(linked) => {
                    let text = say!(asker.locale, "linked-selves", name = &*linked.person.name);
                    Ok(Reply { private: true, ..plain(text) })
                }
                Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchLinkCode => {
                    let spoken = self.engine.spoken(&symbols, &from).await.map_err(|no| match no {
                        // Of the two it is sooner a code for one's selves, which are good for ten minutes only.
                        No::Refusal(no) if no.code == Code::NoSuchInvite => refusal.into(),
                        no => no,
                    });
                    self.tie(asker, spoken?, true, password, &from).await
                }
                Err(no) => Err(no),
            };
        }
        let (view, invited) = self.room_behind(to, &from).await?;
        self.tie(asker, view, invited, password, &from).await
    }

    async fn link_code(&self, asker: &Asker) -> Answer {
        let made = self.engine.people.link_code(asker.actor.person).await?;
        let time = span(asker.locale, made.expires_at - self.engine.clock.now().wall);
        let text = say!(asker.locale, "link-code", code = made.code.reveal(), time = time);
        Ok(Reply { private: true, ..plain(text) })
    }

    /// The room that a link of ours leads to, or an invite's token; and whether that is an invitation.
    async fn room_behind(&self, to: &str, from: &str) -> Result<(Arc<RoomView>, bool), No> {
        let to = to.trim_matches(['<', '>']);
        let base = self.public_url.as_str().trim_end_matches('/');
        let schemeless = |link: &str| link.split_once("://").map_or(link, |(_, rest)| rest).to_owned();
        let path = schemeless(to).strip_prefix(&schemeless(base)).map(str::to_owned);
        let rest = path.unwrap_or_else(|| to.to_owned());
        let rest = rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        if let Some(id) = rest.strip_prefix("/r/") {
            let room: RoomId = id.parse().map_err(|_| words::hint("hint-link"))?;
            return Ok((self.engine.rooms.view(room).await?, false));
        }
        let token = rest.strip_prefix("/j/").unwrap_or(rest);
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(words::hint("hint-link").into());
        }
        Ok((self.engine.invited(token, from).await?, true))
    }

    /// Ties the chat to a room that who asks may be in.
    async fn tie(
        &self,
        asker: &Asker,
        view: Arc<RoomView>,
        invited: bool,
        password: Option<&str>,
        from: &str,
    ) -> Answer {
        let Some(place) = &asker.place else { return Err(words::hint("hint-chat-only").into()) };
        if !asker.steward {
            return Err(words::hint("hint-steward").into());
        }
        // What this chat vouches for counts for the room that it is tied to, not for the one that it wants to be tied to.
        let stranger = Actor { granted: None, ..asker.actor.clone() };
        if roles::role_of(&view, &stranger).is_none_or(|role| role < Role::Trusted) {
            self.engine.admit(&view, asker.actor.person, invited, password, from).await?;
        }
        roles::enter(&view, &stranger.clone().granted(Role::Guest))?;
        let guests_only = roles::role_of(&view, &stranger).is_none_or(|role| role < Role::Cohost);
        let earlier = self.tied(asker).await?.filter(|earlier| earlier.room != view.id);
        let tied = self.engine.places.tie_with(place.clone(), view.id, |settings| {
            settings.guests_only = guests_only;
            settings.locale.get_or_insert_with(|| asker.place_locale.code().to_owned());
            settings.community = asker.community.or(settings.community);
        });
        tied.await?;
        let mut lines = vec![say!(asker.locale, "tied", title = &*view.settings.title)];
        if guests_only {
            lines.push(say!(asker.locale, "tied-as-guests"));
        }
        if let Some(earlier) = earlier
            && let Ok(earlier) = self.engine.rooms.view(earlier.room).await
        {
            lines.push(say!(asker.locale, "tied-before", title = &*earlier.settings.title));
        }
        Ok(Reply { buttons: vec![self.open(asker.locale, &view)], ..about(view.id, lines.join(" ")) })
    }

    pub(super) async fn unlink(&self, asker: &Asker, sure_of_it: bool) -> Answer {
        let Some(place) = &asker.place else { return Err(words::hint("hint-chat-only").into()) };
        let tied = self.tied(asker).await?.ok_or_else(|| Refusal::new(Code::NoRoomHere))?;
        if !asker.steward {
            return Err(words::hint("hint-steward").into());
        }
        let title = match self.engine.rooms.view(tied.room).await {
            Ok(view) => view.settings.title.to_string(),
            Err(_) => tied.room.to_string(),
        };
        if !sure_of_it {
            let text = say!(asker.locale, "sure-unlink", title = title);
            return Ok(sure(asker.locale, tied.room, text, Action::SureUnlink));
        }
        self.engine.places.untie(place).await?;
        // About no room: the chat has none now, and a card of the old one would come back.
        Ok(plain(say!(asker.locale, "untied", title = title)))
    }

    /// Ends the room: it can be looked at, and opened again, but nothing goes on. What its chats are set to stays; the next
    /// /watch makes a new room there.
    pub(super) async fn end(&self, asker: &Asker, sure_of_it: bool) -> Answer {
        let view = self.seen(asker).await?;
        let title = view.settings.title.to_string();
        if super::queue::is_over(&view) {
            return Err(Code::RoomEnded.into());
        }
        if !sure_of_it && asker.can_confirm() {
            roles::require(&view, &asker.actor, Permission::End)?;
            let text = say!(asker.locale, "sure-end", title = title, count = view.people());
            return Ok(sure(asker.locale, view.id, text, Action::SureEnd));
        }
        self.command(asker, view.id, Command::SetStatus { status: Status::Ended }).await?;
        Ok(about(view.id, say!(asker.locale, "ended", title = title)))
    }
}

/// Who pays for a wrong guess: the address, or the person where a chat platform tells none.
fn guesser(asker: &Asker) -> String {
    asker.address.as_deref().map_or_else(|| format!("person:{}", asker.actor.person), str::to_owned)
}
