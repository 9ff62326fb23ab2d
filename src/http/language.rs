//! In which language a person is told no, over HTTP: what `Accept-Language` prefers among ours, English where it names none.
//!
//! Handlers answer in English and lay the refusal beside it ([`ApiError`](super::error::ApiError)); here, at the edge, the sentence
//! is said again for readers of another language. So no handler carries a language about that does not speak itself.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::Response,
};
use bots::Locale;
use engine::refusal::Refusal;

use super::error::{ErrorBody, ErrorWire};

/// The language of whoever asks.
#[derive(Debug, Clone, Copy)]
pub struct Speaks(pub Locale);

impl<S: Sync> FromRequestParts<S> for Speaks {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(wanted(&parts.headers)))
    }
}

/// Of our languages the one that is wanted most; the first of those that are wanted alike.
pub(super) fn wanted(headers: &HeaderMap) -> Locale {
    let values = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let mut best = (0.0, Locale::default());
    for one in values.flat_map(|value| value.split(',')) {
        let (tag, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse::<f32>().ok());
        let weight = weight.filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or_default();
        if let Some(locale) = Locale::known(tag.trim())
            && weight > best.0
        {
            best = (weight, locale);
        }
    }
    best.1
}

/// Says a refusal again in the language of whoever asked.
pub(super) fn translated(mut response: Response, locale: Locale) -> Response {
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    let fields = response.headers_mut();
    fields.append(header::VARY, HeaderValue::from_static("accept-language"));
    fields.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.code()));
    if locale != Locale::English
        && let Ok(body) = serde_json::to_vec(&ErrorBody { error: ErrorWire::new(&refusal, locale) })
    {
        fields.remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_wanted_most_among_ours_is_spoken() {
        for (asked, locale) in [
            ("de-AT,de;q=0.9,en;q=0.8", Locale::German),
            ("fr-CH, fr;q=0.9, ru;q=0.5, es;q=0.7", Locale::Spanish),
            ("en;q=0.3, zh-TW;q=0.4", Locale::Chinese),
            ("de;q=0, en;q=0.1", Locale::English),
            ("ru;q=2, es;q=often", Locale::English),
            ("*", Locale::English),
            ("", Locale::English),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_str(asked).unwrap())]);
            assert_eq!(wanted(&headers), locale, "{asked}");
        }
    }
}
