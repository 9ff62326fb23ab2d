//! Who runs the server: the extractor of calls that are theirs alone, and their page.

use std::net::IpAddr;

use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderName, HeaderValue, request::Parts},
    response::Response,
};
use engine::{
    limits::Rule,
    refusal::{Code, No, Refusal},
};

use super::{
    error::ApiError,
    extract::{ClientAddress, Who, client_ip},
    pages,
};
use crate::app::App;

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// The page of who runs the server: the same as any, and in no search engine.
pub(super) async fn page(app: State<App>) -> Response {
    let mut page = pages::page(app).await;
    page.headers_mut().insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    page
}

/// Somebody who showed a key with the scope `admin`, and acts for nobody.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Who.
    pub who: Who,
    /// Where they come from.
    pub from: IpAddr,
}

impl FromRequestParts<App> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
        let (limits, now) = (&app.engine.limits, app.engine.clock.play_time());
        // Whoever tries keys pays as for a guess at a password, before it is looked at.
        limits.take(Rule::Logins, address.as_str(), now)?;
        let who = Who::from_request_parts(parts, app).await;
        let guessed = matches!(&who, Err(ApiError::No(No::Refusal(no))) if no.code == Code::BadToken);
        if !guessed {
            limits.give_back(Rule::Logins, address.as_str(), now);
        }
        let who = match who {
            Ok(who) if who.caller.is_admin() => who,
            // Where nobody can be it, there is nothing to show.
            _ if !app.engine.has_operator().await? => return Err(Refusal::new(Code::AdminOff).into()),
            Ok(_) => return Err(Refusal::new(Code::ScopeMissing).with("scope", "admin").into()),
            Err(no) => return Err(no),
        };
        Ok(Self { who, from: client_ip(app, &parts.extensions, &parts.headers) })
    }
}
