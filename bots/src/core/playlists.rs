//! Saved playlists: those of the room first, then one's own.

use engine::{
    command::Spot,
    ids::PlaylistId,
    playlists::{Owner, Playlist},
    refusal::{Code, No, Refusal},
    room::may_add,
};
use uuid::Uuid;

use super::{Answer, Asker, Core, about, queue, say as plain};
use crate::{
    reply::{Action, Reply},
    say,
};

/// How many of each kind an answer lists.
const SHOWN: usize = 25;

impl Core {
    /// The room's playlists, and those of who asks.
    pub(super) async fn playlists(&self, asker: &Asker) -> Result<[Vec<Playlist>; 2], No> {
        let of_room = match self.room(asker).await {
            Ok(_) => self.engine.playlists.of(Owner::Room(self.seen(asker).await?.id)).await?,
            // One's own are there without a room, too.
            Err(No::Refusal(Refusal { code: Code::NoRoomHere, .. })) => Vec::new(),
            Err(no) => return Err(no),
        };
        Ok([of_room, self.engine.playlists.of(Owner::Person(asker.actor.person)).await?])
    }

    pub(super) async fn playlist_list(&self, asker: &Asker) -> Answer {
        let locale = asker.locale;
        let mut lines = Vec::new();
        for (id, list) in ["playlists-of-room", "playlists-of-you"].into_iter().zip(self.playlists(asker).await?) {
            if list.is_empty() {
                continue;
            }
            lines.push(say!(locale, id));
            for playlist in list.iter().take(SHOWN) {
                lines.push(say!(locale, "playlist-line", name = &playlist.name, count = playlist.entries.len()));
            }
            if list.len() > SHOWN {
                lines.push(say!(locale, "and-more", count = list.len() - SHOWN));
            }
        }
        if lines.is_empty() {
            lines.push(say!(locale, "playlists-none"));
        }
        Ok(Reply { private: true, room: asker.room, ..plain(lines.join("\n")) })
    }

    /// Saves it for the room; for who asks where they may change nothing of the room.
    pub(super) async fn playlist_save(&self, asker: &Asker, name: &str) -> Answer {
        let view = self.seen(asker).await?;
        let may = may_add(&view, &asker.actor).is_ok();
        let owner = if may { Owner::Room(view.id) } else { Owner::Person(asker.actor.person) };
        let saved = self.engine.playlists.save_queue(&view, owner, &asker.actor, name).await?;
        let id = if may { "playlist-saved" } else { "playlist-saved-own" };
        Ok(about(view.id, say!(asker.locale, id, name = &saved.name, count = saved.entries.len())))
    }

    pub(super) async fn playlist_load(&self, asker: &Asker, playlist: &str) -> Answer {
        let playlist = self.playlist(asker, playlist).await?;
        let room = match self.standing(asker).await? {
            Some(view) => view.id,
            None => self.new_room(asker).await?,
        };
        let done = self.engine.playlists.queue(playlist.id, room, &asker.actor, Spot::End).await?;
        let count = queue::added(&done);
        let view = &done.view;
        let mut buttons = vec![self.open(asker.locale, view)];
        buttons.extend(super::undo(asker.locale, &done));
        Ok(Reply { buttons, ..about(room, say!(asker.locale, "playlist-loaded", name = playlist.name, count = count)) })
    }

    pub(super) async fn playlist_delete(&self, asker: &Asker, playlist: &str, sure: bool) -> Answer {
        let playlist = self.playlist(asker, playlist).await?;
        // Without a room there is nothing that a button could hang on, and the playlist is surely one's own.
        if let Some(room) = asker.room.filter(|_| !sure && asker.can_confirm()) {
            let (name, count) = (&playlist.name, playlist.entries.len());
            let text = say!(asker.locale, "sure-delete", name = name, count = count);
            return Ok(queue::sure(asker.locale, room, text, Action::SureDelete(playlist.id)));
        }
        self.engine.playlists.delete(playlist.id, &asker.actor).await?;
        Ok(Reply { room: asker.room, ..plain(say!(asker.locale, "playlist-deleted", name = playlist.name)) })
    }

    /// The playlist that somebody names: as a list of choices did, or by its name, or by the beginning of it that only one
    /// has.
    async fn playlist(&self, asker: &Asker, named: &str) -> Result<Playlist, No> {
        let all: Vec<_> = self.playlists(asker).await?.into_iter().flatten().collect();
        let id = Uuid::try_parse(named.trim()).ok().map(PlaylistId);
        let wanted = named.trim().to_lowercase();
        let exact = all.iter().find(|known| Some(known.id) == id || known.name.to_lowercase() == wanted);
        let found = exact.or_else(|| {
            let mut begin = all.iter().filter(|known| known.name.to_lowercase().starts_with(&wanted));
            begin.next().filter(|_| begin.next().is_none())
        });
        found.cloned().ok_or_else(|| Code::NoSuchPlaylist.into())
    }
}
