//! The description of the API, and a page to read it by; both without any other server.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    http::header,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa::openapi::{
    OpenApi,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{
    app::App,
    http::{pages::escape, policy::hashes},
};

/// `/api/v1/openapi.json` and `/api/v1/docs`.
pub(super) fn router(description: &OpenApi) -> Router<App> {
    let mut description = description.clone();
    let bearer =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A session token or an API key")).build();
    description.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(bearer));
    let page = reader(&description);
    // With the one style that stands in it, and nothing else.
    let policy: Arc<str> = format!(
        "default-src 'none'; style-src{}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hashes(&page, "style")
    )
    .into();
    // Written once: a route is cloned with all that its handler holds, and as values the description is large.
    let text = Bytes::from(serde_json::to_vec(&description).unwrap_or_default());
    let page = Bytes::from(page);
    Router::new()
        .route("/api/v1/openapi.json", get(move || std::future::ready(json(text.clone()))))
        .route("/api/v1/docs", get(move || std::future::ready(answer(page.clone(), &policy))))
}

fn json(text: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn answer(page: Bytes, policy: &str) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

/// A plain page of all calls: readable without a script, and without a network.
fn reader(description: &OpenApi) -> String {
    let document = serde_json::to_value(description).unwrap_or_default();
    let mut rows = String::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, call) in methods.as_object().into_iter().flatten() {
            let body = &call["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let body = body.as_str().and_then(|name| name.rsplit('/').next()).unwrap_or("");
            let statuses = call["responses"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>().join(" "));
            rows.push_str(&format!(
                "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escape(&method.to_uppercase()),
                escape(path),
                escape(call["summary"].as_str().unwrap_or("")),
                link(body),
                escape(&statuses.unwrap_or_default()),
            ));
        }
    }
    let mut schemas = String::new();
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        schemas.push_str(&format!("<h3 id=\"{0}\">{0}</h3><pre>{1}</pre>\n", escape(name), escape(&text)));
    }
    include_str!("docs.html").replace("<!-- rows -->", &rows).replace("<!-- schemas -->", &schemas)
}

fn link(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("<a href=\"#{0}\">{0}</a>", escape(name)) }
}
