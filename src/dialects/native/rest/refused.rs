//! How calls may end badly: what the description says of them, by what kind of call they are.
//!
//! A set says all statuses that a call of its kind can answer with. What a single call adds stands beside the call. A fault
//! of the server, 500, is a mistake of ours and no part of the contract.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident: $($status:literal)*;)*) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    responses(&[$($status),*])
                }
            }
        )*
    };
}

sets! {
    /// Of calls that only read a room, or what is shared in it.
    ReadRefused: 400 401 403 404 429 503;
    /// Of calls that change something in a room and have no body.
    DeedRefused: 400 401 403 404 409 422 429 503 504 507;
    /// Of calls that change something in a room and have a body.
    WriteRefused: 400 401 403 404 409 413 415 422 429 503 504 507;
    /// Of calls that read what is one's own.
    OwnReadRefused: 400 401 403 429 503;
    /// Of calls that change what is one's own and have no body.
    OwnDeedRefused: 400 401 403 404 429 503;
    /// Of calls that change what is one's own and have a body.
    OwnWriteRefused: 400 401 403 404 409 413 415 429 503;
    /// Of forms that anybody may send.
    FormRefused: 400 413 415 429 503;
    /// Of forms in which somebody else says who one is.
    VouchedRefused: 400 401 413 415 422 429 503 507;
    /// Of coming in from a Discord activity.
    ActivityRefused: 400 401 403 404 409 413 415 422 429 503 504 507;
    /// Of lists that anybody may read.
    ListRefused: 400 429 503;
    /// Of what an invite shows to anybody.
    CardRefused: 400 403 404 429 503;
}

fn responses(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let schema = || ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let response =
        |status| ResponseBuilder::new().description(meaning(status)).content("application/json", schema()).build();
    statuses.iter().map(|status| (status.to_string(), RefOr::T(response(*status)))).collect()
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "What is asked for is not understood, or makes no sense",
        401 => "No valid token",
        403 => "You may not",
        404 => "There is no such thing",
        409 => "Not as things stand",
        413 => "The body is too large",
        415 => "The body is no JSON",
        422 => "Not with this medium or link",
        429 => "Too much at once; Retry-After says how long to wait",
        503 => "Not at this moment; try again",
        504 => "It may have been done, or not",
        507 => "It could not be stored",
        _ => "",
    }
}
