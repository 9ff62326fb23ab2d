//! One line and one count per request.

use std::{sync::LazyLock, time::Duration};

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
};
use metrics::{Counter, Histogram};
use tokio::time::Instant;

use crate::telemetry::list;

/// What is counted of one part of the server; by the class of the status.
struct Counts {
    api: &'static str,
    took: Histogram,
    answered: [Counter; 5],
}

/// Looked up once and not with each request.
static COUNTS: LazyLock<Vec<Counts>> = LazyLock::new(|| {
    let counts = |api: &&'static str| Counts {
        api,
        took: metrics::histogram!("onecouch_http_request_duration_seconds", "api" => *api),
        answered: list::CLASSES
            .map(|status| metrics::counter!("onecouch_http_requests_total", "api" => *api, "status" => status)),
    };
    list::API_NAMES.iter().map(counts).collect()
});

/// A request that is answered.
pub(super) struct Note {
    method: Method,
    route: Option<MatchedPath>,
    from: Instant,
}

impl Note {
    /// Begins to measure.
    pub(super) fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { method: request.method().clone(), route, from: Instant::now() }
    }

    /// Writes down how it was answered.
    pub(super) fn answered(self, status: StatusCode) {
        let took = self.from.elapsed();
        let route = self.route.as_ref().map(MatchedPath::as_str);
        count(list::api_of(route), status, took);
        let (method, route, status) = (self.method, route.unwrap_or("none"), status.as_u16());
        tracing::debug!(%method, route, status, took_ms = took.as_millis(), "request");
    }
}

fn count(api: &str, status: StatusCode, took: Duration) {
    let Some(counts) = COUNTS.iter().find(|counts| counts.api == api) else { return };
    counts.took.record(took);
    if let Some(answered) = counts.answered.get(list::class_of(status.as_u16())) {
        answered.increment(1);
    }
}
