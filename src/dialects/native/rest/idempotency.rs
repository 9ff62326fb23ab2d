//! The same request twice, one effect: answers to creating calls are kept with the caller's key.

use std::{future::Future, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use engine::{
    ids::CallId,
    people,
    records::Answer,
    refusal::{Code, Fault, Refusal},
    time::Millis,
};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{app::App, http::error::ApiError};

/// How long an answer is kept.
const KEPT: Millis = CallId::KNOWN;
/// The longest key, in characters.
const KEY_LIMIT: usize = 128;

/// Does what a creating call asks, once per key of this caller.
///
/// `caller` names who asks, `request` all that was asked for. Refusals are not kept: the same key may be tried again. The
/// work is not ended by a client that goes away, which is what a key is for. Between the effect and the kept answer lie two
/// commits: a crash in that moment forgets the key.
pub async fn once<F>(
    app: &App,
    headers: &HeaderMap,
    caller: &str,
    request: &[&[u8]],
    work: F,
) -> Result<Response, ApiError>
where
    F: Future<Output = Result<(StatusCode, String), ApiError>> + Send + 'static,
{
    let Some(key) = headers.get("idempotency-key") else {
        let (status, body) = work.await?;
        return Ok(json(status, body, false));
    };
    let key = key.to_str().unwrap_or("");
    if !(1..=KEY_LIMIT).contains(&key.len()) {
        return Err(Refusal::input("An Idempotency-Key has 1 to 128 printable ASCII characters.").into());
    }
    let key = people::hash(&format!("{caller}\n{key}"));
    let request =
        people::hash(&request.iter().map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>().join("\n"));
    let job = answer(app.clone(), key, request.clone(), work);
    let done = app.tasks.spawn(job).await;
    let (answer, fresh) = done.map_err(|panic| Fault::new(format!("a creating call failed: {panic}")))??;
    if answer.request != request {
        return Err(Refusal::new(Code::KeyReused).into());
    }
    let status = StatusCode::from_u16(answer.status)
        .map_err(|_| Fault::new(format!("a kept answer has the status {}", answer.status)))?;
    Ok(json(status, answer.body, !fresh))
}

/// By what a creating call with a key knows again what it made, where its answer was not kept; nothing where there is no key.
pub fn call(headers: &HeaderMap, caller: &str, request: &[&[u8]]) -> Option<CallId> {
    let key = headers.get("idempotency-key")?.to_str().ok()?;
    let request: Vec<_> = request.iter().map(|part| String::from_utf8_lossy(part)).collect();
    let hash = people::hash(&format!("{caller}\n{key}\n{}", request.join("\n")));
    let first = Uuid::try_parse(hash.get(..32)?).ok()?;
    Some(CallId::new(first.into_bytes()))
}

/// The kept answer, or the one that the work gives now; and whether it is new.
async fn answer<F>(app: App, key: String, request: String, work: F) -> Result<(Answer, bool), ApiError>
where
    F: Future<Output = Result<(StatusCode, String), ApiError>> + Send,
{
    let cell = app.answers.entry(key.clone()).or_default().clone();
    let mut fresh = false;
    let answer = cell
        .get_or_try_init(|| async {
            // Of who asks this process all wait here; who asks another node waits there.
            let _answering = app.engine.people.answering(&key).await?;
            let now = app.engine.clock.now().wall;
            if let Some(known) = app.engine.people.answer(&key).await?
                && known.expires_at > now
            {
                return Ok(known);
            }
            let (status, body) = work.await?;
            fresh = true;
            let (key, status) = (key.clone(), status.as_u16());
            let answer = Answer { key, request, status, body, expires_at: now + KEPT };
            app.engine.people.keep_answer(answer.clone()).await?;
            Ok::<_, ApiError>(answer)
        })
        .await
        .cloned();
    // Two are the one in the table and this one. Who waits for the same cell holds a third, and after a refusal tries in it:
    // taken away from under them, one more would work beside them in another.
    let alone = |known: &Arc<OnceCell<Answer>>| known.initialized() || Arc::strong_count(known) <= 2;
    app.answers.remove_if(&key, |_, known| Arc::ptr_eq(known, &cell) && alone(known));
    answer.map(|answer| (answer, fresh))
}

fn json(status: StatusCode, body: String, replayed: bool) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}
