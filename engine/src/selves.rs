//! What concerns a person everywhere: becoming one with another self, leaving for good, and all that is known of them.

use std::time::Duration;

use serde::Serialize;

use crate::{
    Engine,
    command::Command,
    event::{Event, EventKind},
    ids::{PersonId, RoomId},
    people::{Export, Linked},
    playlists::{Owner, Playlist},
    records::Platform,
    refusal::{Code, No},
    room,
    time::WallTime,
};

/// How many rooms or lines are read at once.
const PAGE: usize = 200;
/// How often a room is asked that cannot do at the moment what concerns a person, and how long is waited in between.
const ATTEMPTS: usize = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// All that is known of somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Everything {
    /// What the records know.
    #[serde(flatten)]
    pub records: Export,
    /// Their playlists.
    pub playlists: Vec<Playlist>,
    /// The rooms that are theirs.
    pub hosted: Vec<HostedRoom>,
    /// The rooms that they were in.
    pub visited: Vec<VisitedRoom>,
    /// What they wrote.
    pub lines: Vec<WrittenLine>,
}

/// A room that is somebody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostedRoom {
    /// Which.
    pub room: RoomId,
    /// What it is called.
    pub title: String,
    /// When it was made.
    pub made_at: WallTime,
}

/// A room that somebody was in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitedRoom {
    /// Which.
    pub room: RoomId,
    /// When they last left it.
    pub left_at: WallTime,
}

/// A line that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenLine {
    /// Where.
    pub room: RoomId,
    /// When.
    pub at: WallTime,
    /// What.
    pub text: String,
}

impl Engine {
    /// Makes `person` one with whoever asked for a code, in the records and in every room that knows the self that goes.
    pub async fn link(&self, person: PersonId, code: &str, from: &str) -> Result<Linked, No> {
        let linked = self.people.redeem(person, code, from).await?;
        self.unite(&linked).await?;
        Ok(linked)
    }

    /// Ties somebody's account to a self on a chat platform, on that platform's word. Whoever that self was here becomes one
    /// with them; nothing where it was nobody else.
    ///
    /// # Errors
    ///
    /// As [`link_platform`](crate::people::People::link_platform).
    pub async fn link_platform(
        &self,
        person: PersonId,
        platform: Platform,
        subject: &str,
        name: &str,
    ) -> Result<Option<Linked>, No> {
        let linked = self.people.link_platform(person, platform, subject, name).await?;
        if let Some(linked) = &linked {
            self.unite(linked).await?;
        }
        Ok(linked)
    }

    /// Makes the two one in every room that knows the one who is gone.
    async fn unite(&self, linked: &Linked) -> Result<(), No> {
        let (gone, stays) = (linked.gone, linked.person.id);
        let mut rooms = linked.rooms.clone();
        rooms.extend(self.rooms_of(gone).await?);
        rooms.extend(self.rooms.with(gone).await?);
        rooms.sort_unstable();
        rooms.dedup();
        for room in rooms {
            self.tell_surely(room, Command::Unite { gone, stays }).await?;
        }
        self.people.united(linked);
        self.playlists.give(gone, stays).await?;
        Ok(())
    }

    /// Deletes somebody: their account and all ways to it, what they wrote, and their name wherever it stands.
    ///
    /// That it is they who ask is for [`may_delete`](crate::people::People::may_delete) to say before. The ways to them go
    /// last: where it comes to nothing half way, they are there to ask for it again.
    pub async fn leave(&self, person: PersonId) -> Result<(), No> {
        let mut rooms = self.rooms.forget(person).await?;
        rooms.extend(self.rooms.with(person).await?);
        // A room may know them by a place that they took and never came to.
        rooms.extend(self.people.admissions(person).await?.into_iter().map(|(room, _)| room));
        rooms.sort_unstable();
        rooms.dedup();
        for room in rooms {
            self.tell_surely(room, Command::Forget { person }).await?;
        }
        for playlist in self.playlists.of(Owner::Person(person)).await? {
            self.playlists.drop(playlist.id).await?;
        }
        self.people.delete(person).await?;
        // Who came back in between came under the name that they had.
        for room in self.rooms.with(person).await? {
            self.tell_surely(room, Command::Forget { person }).await?;
        }
        Ok(())
    }

    /// Deletes somebody for whom a key's program asks; says whether it knew them.
    ///
    /// Who is somebody else besides stays that, for only they can ask for the end of it: with an account, on a chat platform,
    /// in another program. Then the program's name of them goes, and nothing leads from there to them any more.
    pub async fn leave_program(&self, key: &str, subject: &str) -> Result<bool, No> {
        let Some(person) = self.people.known_to(key, subject).await? else { return Ok(false) };
        if self.people.is_of_key_alone(key, subject, person).await? {
            self.leave(person).await?;
        } else {
            self.people.let_go(key, subject).await?;
        }
        Ok(true)
    }

    /// All that is known of somebody.
    pub async fn everything(&self, person: PersonId) -> Result<Everything, No> {
        let mut hosted = Vec::new();
        let mut after = None;
        loop {
            let page = self.rooms.hosted(person, after, PAGE).await?;
            after = page.last().map(|head| head.id);
            let full = page.len() == PAGE;
            hosted.extend(page.into_iter().map(|head| HostedRoom {
                room: head.id,
                title: head.title.to_string(),
                made_at: head.made_at,
            }));
            if !full {
                break;
            }
        }
        let mut visited = Vec::new();
        let mut before = None;
        loop {
            let page = self.rooms.visited(person, before, PAGE).await?;
            before = page.last().map(|(_, left)| *left);
            let full = page.len() == PAGE;
            visited.extend(page.into_iter().map(|(room, left_at)| VisitedRoom { room, left_at }));
            if !full {
                break;
            }
        }
        let mut lines = Vec::new();
        let mut after = None;
        loop {
            let page = self.rooms.lines_of(person, after, PAGE).await?;
            after = page.last().map(|(room, event)| (*room, event.seq));
            let full = page.len() == PAGE;
            lines.extend(page.into_iter().filter_map(|(room, event)| written(room, &event)));
            if !full {
                break;
            }
        }
        let playlists = self.playlists.of(Owner::Person(person)).await?;
        Ok(Everything { records: self.people.export(person).await?, playlists, hosted, visited, lines })
    }

    /// The rooms that may remember somebody.
    async fn rooms_of(&self, person: PersonId) -> Result<Vec<RoomId>, No> {
        let hosted = self.rooms.hosted(person, None, usize::MAX >> 1).await?;
        let visited = self.rooms.visited(person, None, usize::MAX >> 1).await?;
        Ok(hosted.into_iter().map(|head| head.id).chain(visited.into_iter().map(|(room, _)| room)).collect())
    }

    /// Has a room do what concerns a person; one that is gone meanwhile has nothing to do. One that cannot at the moment is
    /// asked again: nobody else would.
    async fn tell_surely(&self, room: RoomId, command: Command) -> Result<(), No> {
        let mut left = ATTEMPTS;
        loop {
            match self.rooms.command(room, room::hand(), command.clone()).await {
                Ok(_) => return Ok(()),
                Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchRoom => return Ok(()),
                Err(No::Refusal(refusal)) if left > 1 && refusal.code.passes() => {
                    left -= 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(no) => return Err(no),
            }
        }
    }
}

fn written(room: RoomId, event: &Event) -> Option<WrittenLine> {
    let EventKind::Said(line) = &event.kind else { return None };
    Some(WrittenLine { room, at: event.at, text: line.text.to_string() })
}
