//! The writer's connection, and by it the database: whose it is stands in a lock of the server, which goes with the
//! connection.

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use super::connect::{code, connect};
use crate::store::writer::Failed;

/// What our locks are told apart by from those of others in the same database: "onec".
pub(super) const OURS: i32 = 0x6f6e_6563;
/// The one that says whose the database is.
const OWNER: i32 = 0;

const TRY: &str = "SELECT pg_try_advisory_lock($1, $2)";

/// Those who share it keep out whoever wants it alone, and are kept out by them.
const TRY_TO_SHARE: &str = "SELECT pg_try_advisory_lock_shared($1, $2)";

/// How long the lock is waited for by who had it until the connection was lost: what is left of that one lets go of it soon.
const WAIT: &str = "SET lock_timeout = '2s'";

const TAKE: &str = "SELECT pg_advisory_lock($1, $2)";

const SHARE: &str = "SELECT pg_advisory_lock_shared($1, $2)";

const WAIT_AS_EVER: &str = "RESET lock_timeout";

const FREE: &str = "SELECT pg_advisory_unlock_all()";

const BACKEND: &str = "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()";

/// By number and beginning: numbers come again.
const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2";

/// Where the server says that it did not get a lock in time.
const NOT_IN_TIME: &str = "55P03";

/// Whether a process has a database for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// As long as its connection is there. Nobody else gets in.
    Yes,
    /// Others write too: what they must not do at once is locked commit by commit, and whose a room is its epoch says.
    No,
}

/// The process of the server at the other end of a connection.
pub(super) type Backend = (i32, String);

/// Who is there.
pub(super) async fn backend(connection: &mut PgConnection) -> Result<Backend, sqlx::Error> {
    sqlx::query_as(BACKEND).fetch_one(connection).await
}

/// Ends what the server may still do for a connection that is lost.
pub(super) async fn end(connection: &mut PgConnection, (pid, begun): &Backend) -> Result<(), sqlx::Error> {
    sqlx::query(END).bind(pid).bind(begun).execute(connection).await.map(drop)
}

/// The connection that writes.
#[derive(Debug)]
pub(super) struct Line {
    options: PgConnectOptions,
    /// Whether it is to be the only one.
    alone: Alone,
    /// None where the last one was lost.
    connection: Option<PgConnection>,
    /// The other end of this one, or of the last.
    backend: Backend,
}

impl Line {
    /// Connects, and takes the database where it is to be had alone. Nothing where somebody else has it.
    pub(super) async fn open(options: PgConnectOptions, alone: Alone) -> Result<Option<Self>, sqlx::Error> {
        let mut connection = connect(&options).await?;
        let take = if alone == Alone::Yes { TRY } else { TRY_TO_SHARE };
        let free: bool = sqlx::query_scalar(take).bind(OURS).bind(OWNER).fetch_one(&mut connection).await?;
        if !free {
            return Ok(None);
        }
        let backend = backend(&mut connection).await?;
        Ok(Some(Self { options, alone, connection: Some(connection), backend }))
    }

    /// The connection, made anew where it was lost. The database is taken again then: whoever has it by that time keeps it.
    pub(super) async fn get(&mut self) -> Result<&mut PgConnection, Failed> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            lost => {
                let mut connection = connect(&self.options).await.map_err(Failed::Away)?;
                self.backend = again(&mut connection, self.alone, &self.backend).await?;
                tracing::info!("connected to the database again");
                Ok(lost.insert(connection))
            }
        }
    }

    /// Leaves the connection to the server, whatever is on its way by it. The next is another.
    pub(super) fn hang_up(&mut self) {
        self.connection = None;
    }

    /// Gives the database back.
    pub(super) async fn close(self) {
        let Some(mut connection) = self.connection else { return };
        // The server ends a connection when it comes to it; who waits for the database need not wait for that.
        let freed = sqlx::query(FREE).execute(&mut connection).await;
        if let Err(error) = freed.and(connection.close().await) {
            tracing::debug!(%error, "the database was not given back in order");
        }
    }
}

/// Takes the database again, on another connection.
async fn again(connection: &mut PgConnection, alone: Alone, last: &Backend) -> Result<Backend, Failed> {
    // Where only the line was cut, the server does not know: what it still does for the last connection ends now, so that it
    // is not done behind what is done by this one.
    end(connection, last).await.map_err(Failed::Away)?;
    sqlx::query(WAIT).execute(&mut *connection).await.map_err(Failed::Away)?;
    let take = if alone == Alone::Yes { TAKE } else { SHARE };
    let taken = sqlx::query(take).bind(OURS).bind(OWNER).execute(&mut *connection).await;
    taken.map_err(|error| if code(&error) == NOT_IN_TIME { Failed::Taken } else { Failed::Away(error) })?;
    sqlx::query(WAIT_AS_EVER).execute(&mut *connection).await.map_err(Failed::Away)?;
    backend(connection).await.map_err(Failed::Away)
}
