//! Who opens the Mini App of the Telegram bot, and which room.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bots::telegram::init_data::{NotVouched, Vouched};
use engine::{
    event::Door,
    people::Caller,
    records::{PlaceId, Platform},
    refusal::{Code, No},
    secret::Secret,
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Data, refused::VouchedRefused, sessions::PersonWire};
use crate::{
    app::App,
    http::{
        error::{ApiError, ErrorWire},
        extract::{Body, ClientAddress},
        language::Speaks,
    },
};

/// How long a session is good: no window is open for longer, and a page that keeps nothing makes a new one each time.
const GOOD_FOR: Millis = Millis::seconds(24 * 3600);

/// What Telegram says about who opens a Mini App.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Opening {
    /// `Telegram.WebApp.initData`, as it is.
    #[schema(value_type = String, example = "query_id=AAH…&user=%7B%22id%22…&auth_date=1795000000&hash=c501…")]
    init_data: Secret,
}

/// Who that is here, and where the link leads that they opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedWire {
    /// Told once. Send it as `Authorization: Bearer`; no cookie is set.
    token: String,
    /// The same person as in the chats of the bot.
    person: PersonWire,
    /// Until when it is good, in Unix milliseconds: a day.
    expires_at: i64,
    /// The room of the link, or of their private chat with the bot where the link names none. They are in.
    room: Option<Uuid>,
    /// What the link carried: an invite token.
    invite: Option<String>,
    /// Why they were not let into the room that the link names.
    refused: Option<ErrorWire>,
}

/// Be who Telegram says you are
#[utoipa::path(post, path = "/api/v1/telegram/session",
    request_body(content = Opening, example = json!({ "init_data": "what Telegram said" })), tag = "sessions",
    responses((status = 201, body = Data<OpenedWire>), VouchedRefused))]
pub(crate) async fn open(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Speaks(locale): Speaks,
    Body(opening, _): Body<Opening>,
) -> Result<Response, ApiError> {
    let seal = app.telegram.as_ref().ok_or(Code::NoTelegram)?;
    let now = app.engine.clock.now().wall;
    let vouched = seal.check(opening.init_data.reveal(), now).map_err(|not| {
        tracing::debug!(%not, "a Mini App was opened with what is not believed");
        code(not)
    })?;
    let people = &app.engine.people;
    // Behind the check: nobody fills the store with what Telegram never said.
    if !people.first_use(&vouched.once, vouched.until).await? {
        return Err(Code::InitDataUsed.into());
    }
    let session = people.sign_in(Platform::Telegram, &vouched.id.to_string(), &vouched.name, GOOD_FOR).await?;
    let caller = people.by_token(session.token.reveal()).await?;
    let (room, refused) = match lead(&app, &caller, &vouched, &from).await {
        Ok(room) => (room, None),
        Err(No::Refusal(refusal)) => (None, Some(ErrorWire::new(&refusal, locale))),
        Err(fault) => return Err(fault.into()),
    };
    let data = OpenedWire {
        token: session.token.reveal().to_owned(),
        person: PersonWire::from(&session.person),
        expires_at: session.expires_at.0,
        room,
        invite: vouched.start,
        refused,
    };
    Ok((StatusCode::CREATED, Json(Data { data })).into_response())
}

/// Lets somebody into the room that their link names: what it carries is an invite, and gives what an invite gives. Without
/// one, the room that their private chat with the bot is tied to, if they may enter it.
async fn lead(app: &App, caller: &Caller, vouched: &Vouched, from: &str) -> Result<Option<Uuid>, No> {
    let engine = &app.engine;
    if let Some(invite) = &vouched.start {
        let view = engine.invited(invite, from).await?;
        engine.admit(&view, caller.person.id, true, None, from).await?;
        return Ok(Some(view.id.0));
    }
    let chat = PlaceId { platform: Platform::Telegram, chat: vouched.id, topic: None };
    let Some(place) = engine.places.get(&chat).await? else { return Ok(None) };
    let entered = async {
        let view = engine.rooms.view(place.room).await?;
        let actor = engine.actor(caller, place.room, Door::Viewer).await?;
        engine::room::may_enter(&view, &actor)?;
        Ok::<_, No>(view.id.0)
    };
    match entered.await {
        Ok(room) => Ok(Some(room)),
        // Nobody asked for this room: then it is none.
        Err(no) => no.decided().map(|_| None),
    }
}

fn code(not: NotVouched) -> Code {
    match not {
        NotVouched::Malformed | NotVouched::Forged | NotVouched::Early => Code::BadInitData,
        NotVouched::Expired => Code::InitDataExpired,
    }
}
