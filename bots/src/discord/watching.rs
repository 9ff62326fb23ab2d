//! What is asked and what comes of it: the answer, and the card where somebody wants to watch.

use engine::{ids::RoomId, records::PlaceId, refusal::Refusal};
use poise::serenity_prelude as serenity;

use super::{
    Shared, answer,
    asking::{Asking, is_bad},
    card::{self, Look},
    forms, lacking,
    posting::Posted,
    threads,
};
use crate::{Ask, Asker, Locale, Reply, ask::Vote, core::answer as refuse, live_card};

type Done = Result<(), serenity::Error>;

/// Asks the core and answers, within what Discord waits for.
pub(super) async fn carry_out(asking: &Asking<'_>, ask: Result<Ask, Refusal>) -> Done {
    let (wants_card, lists) = (matches!(ask, Ok(Ask::Watch { .. })), matches!(ask, Ok(Ask::QueueList { .. })));
    let needs = ask.as_ref().map(lacking::needs).unwrap_or_default();
    let ((reply, asker), _) = answer::in_time(Box::pin(asked(asking, ask)), asking.think()).await;
    let more = if lists && !reply.refused { vec![forms::button(asking.sender.locale())] } else { Vec::new() };
    let Some((asker, room)) = asker.zip(reply.room).filter(|_| !reply.refused) else {
        return asking.reply(&reply, more).await;
    };
    let Some(place) = &asker.place else { return asking.reply(&reply, more).await };
    if asking.sender.foreign {
        // A message there can be written, by the token of this interaction, and never be changed.
        return match card_of(asking.shared, &asker, room).await {
            Some(card) if wants_card => post(asking, &card).await.map(drop),
            _ => asking.reply(&reply, more).await,
        };
    }
    let answered = if wants_card {
        watch(asking, &asker, place, room, &reply).await
    } else {
        let replied = asking.reply(&reply, more).await;
        asking.shared.cards.see(place, room);
        replied
    };
    asking.shared.see(&asker, place, room).await;
    answered?;
    lacking::tell(asking, place, needs).await
}

/// What the core says, and who asked it.
async fn asked(asking: &Asking<'_>, ask: Result<Ask, Refusal>) -> (Reply, Option<Asker>) {
    let locale = asking.sender.locale();
    let ask = match ask {
        Ok(ask) => ask,
        Err(refusal) => return (refuse(locale, &refusal.into()), None),
    };
    let core = &asking.shared.core;
    match asking.sender.asker(core, &asking.ctx.cache).await {
        Ok(asker) => {
            if let Some(place) = asker.place.as_ref().filter(|_| !asking.sender.foreign && is_told_to_all(&ask)) {
                // The answer tells what came of it: the chat need not hear it twice.
                asking.shared.bridge.asked(place, asker.actor.person);
            }
            (core.ask(&asker, ask).await, Some(asker))
        }
        Err(no) => (refuse(locale, &no), None),
    }
}

/// Whether it does what chats are told of, and all here read the answer. What asks back first does something only once a
/// button is pressed below an answer that nobody else sees.
fn is_told_to_all(ask: &Ask) -> bool {
    match ask {
        Ask::QueueClear { sure } | Ask::End { sure } => *sure,
        Ask::Ban { length, reason, sure, .. } => *sure || length.is_some() || !reason.is_empty(),
        Ask::Vote(vote) => *vote != Vote::Show,
        Ask::Watch { .. }
        | Ask::QueueAdd { .. }
        | Ask::QueueRemove { .. }
        | Ask::QueueMove { .. }
        | Ask::QueueShuffle
        | Ask::QueueImport { .. }
        | Ask::Pick { .. }
        | Ask::Pause
        | Ask::Play
        | Ask::Seek(_)
        | Ask::Forward(_)
        | Ask::Rewind(_)
        | Ask::Skip
        | Ask::Back
        | Ask::Speed(_)
        | Ask::PlaylistLoad { .. }
        | Ask::Role { .. }
        | Ask::Kick { .. }
        | Ask::Unban { .. }
        | Ask::Schedule { .. } => true,
        _ => false,
    }
}

/// Answers with the card where the chat has none, else with the reply.
async fn watch(asking: &Asking<'_>, asker: &Asker, place: &PlaceId, room: RoomId, reply: &Reply) -> Done {
    let shared = asking.shared;
    match CardHere::find(shared, asker, place, room).await {
        CardHere::Wanted(card, posting) => {
            let message = post(asking, &card).await?;
            adopt(shared, place, message, *card.clone()).await;
            drop(posting);
            threads::begin(shared, place, message, &card).await;
            Ok(())
        }
        CardHere::Coming => {
            let replied = asking.reply(reply, Vec::new()).await;
            shared.posting.over(place).await;
            shared.cards.show(place, room);
            replied
        }
        CardHere::There => {
            let replied = asking.reply(reply, Vec::new()).await;
            shared.cards.show(place, room);
            replied
        }
    }
}

/// Answers with a card; its message.
async fn post(asking: &Asking<'_>, card: &live_card::Card) -> Result<serenity::MessageId, serenity::Error> {
    let looks = &asking.shared.looks;
    let mut tries = card::tries(card, looks.now()).into_iter().peekable();
    while let Some((look, body)) = tries.next() {
        match asking.post(&body).await {
            Err(error) if is_bad(&error) && tries.peek().is_some() => {}
            posted => {
                let posted = posted?;
                looks.took(look);
                return Ok(posted);
            }
        }
    }
    // There is always something to try, and the last of it is answered above.
    asking.post(&card::message(card, Look::Embed)).await
}

/// Makes a message the live card.
async fn adopt(shared: &Shared, place: &PlaceId, message: serenity::MessageId, shown: live_card::Card) {
    let Ok(message) = i64::try_from(message.get()) else { return };
    // The cards write it down too, but later: whoever asks next must know already.
    if let Err(no) = shared.core.engine().places.set_card(place, Some(message)).await {
        tracing::error!(%place, %no, "which message is the live card could not be stored");
    }
    shared.cards.adopt(place, message, shown);
}

/// Whether a chat has a card when somebody asks to watch something.
enum CardHere<'a> {
    /// None: this one is the answer. Until the guard is dropped nobody else posts one.
    Wanted(Box<live_card::Card>, Posted<'a>),
    /// Somebody else's answer is about to be the card.
    Coming,
    /// There is one, or was until somebody deleted it.
    There,
}

impl<'a> CardHere<'a> {
    async fn find(shared: &'a Shared, asker: &Asker, place: &'a PlaceId, room: RoomId) -> Self {
        let Some(posting) = shared.posting.begin(place) else { return Self::Coming };
        let tied = shared.core.engine().places.get(place).await;
        if matches!(&tied, Ok(Some(tied)) if tied.card.is_none())
            && let Some(card) = card_of(shared, asker, room).await
        {
            return Self::Wanted(Box::new(card), posting);
        }
        Self::There
    }
}

/// What the card of a room shows now.
async fn card_of(shared: &Shared, asker: &Asker, room: RoomId) -> Option<live_card::Card> {
    let engine = shared.core.engine();
    let view = engine.rooms.view(room).await.ok()?;
    let place = engine.places.get(asker.place.as_ref()?).await.ok().flatten();
    let locale = place.and_then(|place| place.settings.locale).map(|tag| Locale::of(&tag)).unwrap_or_default();
    Some(live_card::card(&view, engine.clock.now(), &shared.core, locale))
}
