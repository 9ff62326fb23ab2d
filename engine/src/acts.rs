//! The log of who runs the server: what is done with an administrator's credential is written down before it is done, and what
//! came of it after.
//!
//! A door hands over each request that may change something, to be [witnessed](Acts::witness). Whoever looks up a credential within
//! it goes by [`shown`], which [`People`](crate::people::People) does for every door: so none can forget it, and nothing is done
//! that could not be written down.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    ids::Entropy,
    people::Caller,
    ports::Store,
    records::{AdminAct, Outcome, Record},
    refusal::{Code, No},
    time::{Clock, Millis},
};

/// Who acts at the machine itself.
pub const COMMAND_LINE: &str = "command line";
/// The longest text that is kept about an act, in characters.
const ABOUT: usize = 120;

tokio::task_local! {
    /// The request that is being witnessed.
    static WITNESS: Witness;
}

/// The log.
#[derive(Clone)]
pub struct Acts {
    store: Arc<dyn Store>,
    clock: Clock,
    /// For how long a line is kept.
    kept: Millis,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What: see [`AdminAct::act`].
    pub act: String,
    /// On whom or what, where the request names it.
    pub on: Option<String>,
    /// The client's address.
    pub from: Option<String>,
}

/// What a request asks for, told where somebody wants to know: hardly ever is it an administrator's.
pub type Tell = Arc<dyn Fn() -> Asked + Send + Sync>;

/// A request, and the line that was begun for it.
struct Witness {
    acts: Acts,
    asked: Tell,
    line: Arc<Mutex<Option<AdminAct>>>,
}

impl Acts {
    /// A log on a store, each line of which is kept for so long.
    pub fn new(store: Arc<dyn Store>, clock: Clock, kept: Millis) -> Self {
        Self { store, clock, kept }
    }

    /// Does what a request asks for, under the log's eyes: where an administrator's credential is shown within it, there is a line.
    pub async fn witness<T>(&self, asked: Tell, work: impl Future<Output = T>, of: impl FnOnce(&T) -> Outcome) -> T {
        let line = Arc::new(Mutex::new(None));
        let done = WITNESS.scope(Witness { acts: self.clone(), asked, line: line.clone() }, work).await;
        let begun = lock(&line).take();
        if let Some(act) = begun {
            self.end(act, of(&done)).await;
        }
        done
    }

    /// Writes down that something begins.
    ///
    /// # Errors
    ///
    /// `not_stored` where it cannot be written down: then it must not be done.
    pub async fn begin(&self, by: Arc<str>, asked: Asked) -> Result<AdminAct, No> {
        let at = self.clock.now().wall;
        let Asked { act, on, from } = asked;
        let id = Entropy.act();
        let act =
            AdminAct { id, at, by, act, on, about: None, from, outcome: Outcome::Begun, expires_at: at + self.kept };
        if let Err(fault) = self.store.put(vec![Record::AdminAct(Box::new(act.clone()))]).await {
            tracing::error!(%fault, act = act.act, "an administrative act was refused, for it could not be written down");
            return Err(Code::NotStored.into());
        }
        Ok(act)
    }

    /// Writes down what came of it.
    pub async fn end(&self, act: AdminAct, outcome: Outcome) {
        let act = AdminAct { outcome, ..act };
        let what = act.act.clone();
        if let Err(fault) = self.store.put(vec![Record::AdminAct(Box::new(act))]).await {
            tracing::error!(%fault, act = what, "what came of an administrative act could not be written down");
        }
    }

    /// Writes down what is done at once.
    pub async fn note(&self, by: Arc<str>, asked: Asked) -> Result<(), No> {
        let act = self.begin(by, asked).await?;
        self.end(act, Outcome::Done).await;
        Ok(())
    }

    /// Does what is asked for at the machine itself.
    ///
    /// # Errors
    ///
    /// `not_stored`, and those of the work.
    pub async fn by_hand<T, E: From<No>>(
        &self,
        asked: Asked,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let act = self.begin(COMMAND_LINE.into(), asked.clone()).await?;
        let line = Arc::new(Mutex::new(Some(act)));
        let witness = Witness { acts: self.clone(), asked: Arc::new(move || asked.clone()), line: line.clone() };
        let done = WITNESS.scope(witness, work).await;
        let begun = lock(&line).take();
        if let Some(act) = begun {
            self.end(act, if done.is_ok() { Outcome::Done } else { Outcome::Failed }).await;
        }
        done
    }

    /// Lines, the newest first, behind `before` in that order.
    pub async fn page(&self, before: Option<uuid::Uuid>, limit: usize) -> Result<Vec<AdminAct>, No> {
        let before = before.map(|before| before.to_string());
        let page = self.store.last_records("admin_act", before.as_deref(), limit).await?;
        let act = |record| if let Record::AdminAct(act) = record { Some(*act) } else { None };
        Ok(page.into_iter().filter_map(act).collect())
    }
}

/// Somebody showed a credential: where it is an administrator's, and the request may change something, that is written down now.
///
/// # Errors
///
/// `not_stored`.
pub(crate) async fn shown(caller: &Caller) -> Result<(), No> {
    let Some(key) = caller.key.as_ref().filter(|_| caller.is_admin()) else { return Ok(()) };
    let witness = WITNESS.try_with(|witness| (witness.acts.clone(), witness.asked.clone(), witness.line.clone()));
    let Ok((acts, asked, line)) = witness else { return Ok(()) };
    // A request may be looked at twice.
    if lock(&line).is_some() {
        return Ok(());
    }
    let act = acts.begin(key.id.clone(), asked()).await?;
    *lock(&line) = Some(act);
    Ok(())
}

/// Tells the log what the present request is about, by who knows: the identity of what was made, and what it is called.
pub fn about(on: Option<String>, about: &str) {
    let _ = WITNESS.try_with(|witness| {
        if let Some(act) = lock(&witness.line).as_mut() {
            act.about = (!about.is_empty()).then(|| about.chars().take(ABOUT).collect());
            act.on = on.or_else(|| act.on.take());
        }
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;

    fn log(store: &MemoryStore) -> Acts {
        Acts::new(Arc::new(store.clone()), Clock::start(), Millis::seconds(3600))
    }

    fn asked() -> Tell {
        let (act, on, from) = ("rooms.delete", Some("a room"), Some("192.0.2.1"));
        Arc::new(move || Asked { act: act.into(), on: on.map(Into::into), from: from.map(Into::into) })
    }

    #[tokio::test]
    async fn an_act_is_written_down_before_it_is_done_and_what_came_of_it_after() {
        let acts = log(&MemoryStore::new());
        let work = async {
            shown(&Caller::operator()).await.unwrap();
            shown(&Caller::operator()).await.unwrap();
            let before = acts.page(None, 9).await.unwrap();
            about(None, "Film club");
            before
        };
        let before = acts.witness(asked(), work, |_| Outcome::Refused { code: "busy".into() }).await;
        assert_eq!(before.iter().map(|act| &act.outcome).collect::<Vec<_>>(), [&Outcome::Begun]);
        let [after] = acts.page(None, 9).await.unwrap().try_into().unwrap();
        let expected = AdminAct {
            about: Some("Film club".into()),
            outcome: Outcome::Refused { code: "busy".into() },
            ..before[0].clone()
        };
        assert_eq!(after, expected);
        assert_eq!((&*after.by, after.on.as_deref()), ("bootstrap", Some("a room")));
    }

    #[tokio::test]
    async fn who_is_no_administrator_leaves_no_line_and_neither_does_what_nobody_witnesses() {
        let acts = log(&MemoryStore::new());
        let mut acting = Caller::operator();
        acting.acting = true;
        acts.witness(asked(), async { shown(&acting).await.unwrap() }, |()| Outcome::Done).await;
        shown(&Caller::operator()).await.unwrap();
        assert_eq!(acts.page(None, 9).await.unwrap(), []);
    }

    #[tokio::test]
    async fn what_cannot_be_written_down_is_not_done() {
        let store = MemoryStore::new();
        let acts = log(&store);
        store.close().await;
        let done = acts.witness(asked(), async { shown(&Caller::operator()).await }, |_| Outcome::Done).await;
        assert!(matches!(done, Err(No::Refusal(no)) if no.code == Code::NotStored));
    }
}
