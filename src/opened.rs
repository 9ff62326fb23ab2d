//! That by which a socket is open, and for whom: whatever dialect it speaks, it hears when the credential is good no more, and
//! when somebody else holds it or is called otherwise.

use std::{pin::Pin, sync::Arc, time::Duration};

use engine::{
    command::{Actor, Command},
    event::Door,
    ids::{ConnectionId, RoomId},
    people::{Caller, Ending, Told},
    refusal::No,
    room::RoomView,
    secret::Secret,
};

use tokio::time::{Sleep, sleep};

use crate::app::App;

/// How soon it is looked again who somebody is, where that could not be read.
const AGAIN: Duration = Duration::from_secs(2);

/// That by which a socket is open.
#[derive(Debug)]
pub struct Opened {
    ending: Ending,
    token: Secret,
    /// Whom it acts for, where it is a key that does.
    acts_for: Option<Caller>,
    /// It could not be read who this is: then it is looked again. Boxed, for hardly any socket ever has one.
    again: Option<Pin<Box<Sleep>>>,
}

/// Somebody who was introduced in a room.
#[derive(Debug, Clone)]
pub struct Introduced {
    /// Who.
    pub caller: Caller,
    /// The same as who asks that room, on their connection.
    pub actor: Actor,
    /// The room, with them in it.
    pub view: Arc<RoomView>,
}

impl Opened {
    /// Opened by a token, for its holder, or for whom it acts for. Nothing that becomes of either from now on is missed.
    ///
    /// # Errors
    ///
    /// `bad_token`.
    pub async fn by(app: &App, token: &Secret, acts_for: Option<&Caller>) -> Result<(Self, Caller), No> {
        // In this order: what ends in between is heard of.
        let ending = app.engine.people.until_ended(token.reveal());
        let mut opened = Self { ending, token: token.clone(), acts_for: acts_for.cloned(), again: None };
        let caller = opened.holder(app).await?;
        Ok((opened, caller))
    }

    /// For whom the socket is open at this moment.
    async fn holder(&mut self, app: &App) -> Result<Caller, No> {
        app.engine.people.holder(&mut self.ending, self.token.reveal(), self.acts_for.as_ref()).await
    }

    /// Waits for the next thing to hear. Nothing is lost where the wait is given up and begun again.
    pub async fn told(&mut self) -> Told {
        let Some(again) = &mut self.again else { return self.ending.next().await };
        let told = tokio::select! {
            told = self.ending.next() => told,
            () = again => Told::Changed,
        };
        self.again = None;
        told
    }

    /// Whether a no says nothing of who this is: the store or another node was not reached. It is looked again in a moment.
    pub fn looks_again_for(&mut self, no: &No) -> bool {
        let again = match no {
            No::Refusal(refusal) => refusal.code.passes(),
            No::Fault(_) => true,
        };
        if again {
            self.again = Some(Box::pin(sleep(AGAIN)));
        }
        again
    }

    /// Looks again who this is, and says so in their room: they are shown under the name that they have now, and act as who
    /// they are now, without coming anew.
    ///
    /// # Errors
    ///
    /// `bad_token`, and what entering the room is refused with: whom it does not let in must go.
    pub async fn introduce(
        &mut self,
        app: &App,
        room: RoomId,
        door: Door,
        connection: ConnectionId,
    ) -> Result<Introduced, No> {
        let caller = self.holder(app).await?;
        let actor = app.engine.actor(&caller, room, door).await?;
        let actor = Actor { connection: Some(connection), ..actor };
        let done = app.engine.rooms.command(room, actor.clone(), Command::Introduce { connection }).await?;
        Ok(Introduced { caller, actor, view: done.view })
    }
}
